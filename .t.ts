import { loadPlan } from './src/config/load.ts';
import { problemsOf, printProblem } from './src/config/problem.ts';
import { loadComponents } from './src/cli/load.ts';
const components = await loadComponents();
console.log([...components.adapters.keys()], [...components.charts.keys()], [...components.ruleSets.keys()]);
try { console.log(JSON.stringify(await loadPlan({path: process.argv[2], components, env: process.env}), null, 1)); } catch (e) { for (const p of problemsOf(e)) console.log(printProblem('f', p)); if (problemsOf(e).length===0) throw e; }

import { spawn } from 'node:child_process';
import adapter from '../adapters/mqtt/index.ts';
import { testContext } from '../test/contract/context.ts';
import { supervise } from '../test/contract/supervise.ts';
const c = spawn(process.execPath, ['demo/lines/l3-assembly.ts', '--speed', '120'], { stdio: ['pipe', 'pipe', 'inherit'] });
c.stdout.on('data', async (d) => { const { port } = JSON.parse(String(d)); const x = testContext('l3');
  const s = supervise(adapter as any, adapter.settings.parse({ url: `mqtt://127.0.0.1:${port}`, client_id: 'p', topics: { 'gaon/l3/+/quality': { name: '{1}/{key}' } }, ...(process.argv[2] ? { sparkplug: { group: 'gaon' } } : {}) }) as any, x);
  await s.until('c', () => x.connections.length > 0, 20000); c.stdin.write('start 0\n');
  setTimeout(() => { const t: any = {}; for (const r of s.rows) t[r.tag] = (t[r.tag] ?? 0) + 1; console.log(t, x.refusals, s.gaps, s.batches.length); c.stdin.end(); process.exit(0); }, 6000); });

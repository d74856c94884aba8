// signals per characteristic over 10 days with the real subgroups and engine
import { loadComponents } from '../src/cli/load.ts';
import { loadPlan } from '../src/config/load.ts';
import { createEngine } from '../src/spc/engine.ts';
import { createSubgroups } from '../src/spc/subgroup.ts';
import { backfillConfig, DEMO_SECRETS } from './config.ts';
import { createPlant } from './model/plant.ts';
import { wiring } from './wiring.ts';
import { contextOf, samplePeriod, sampleReader } from './lines/samples.ts';
const plan = await loadPlan({ text: backfillConfig({ folder: '/tmp', language: 'en' }), components: await loadComponents(), env: DEMO_SECRETS });
const story = process.argv[2] === 'story';
const plant = createPlant({ seed: 1, days: 10, story });
const engine = createEngine(), subs = createSubgroups();
const streams = new Map<string, any>();
const readers: any = { L1: sampleReader(plant, plant.lines.L1), L2: sampleReader(plant, plant.lines.L2), L3: sampleReader(plant, plant.lines.L3) };
for (const r of plant.until(plant.calendar.liveStartMs)) for (const s of readers[r.line](r)) {
  const c = plan.characteristics.find((x) => x.id === s.wire.characteristic.id)!;
  const key = c.id + '~' + r.part + (c.split_by.length ? '~' + s.cavity : '');
  let st = streams.get(key);
  if (!st) { const spec = c.by_part[r.part]?.spec ?? c.spec; st = { e: engine.open({ chart: c.chart, rules: c.rules, limits: c.limits, spec, size: c.subgroup.size } as any), g: subs.open(c.subgroup), seen: 0, pts: 0, judged: 0, sig: {}, c, alarms: 0, on: false }; streams.set(key, st); }
  const taken = st.seen % c.sample.of < c.sample.take; st.seen++;
  if (!taken) continue;
  engine.observe(st.e, s.value);
  const ctx: any = { ...contextOf(plant, r), period: samplePeriod(plant.calendar, s.wire, r.ms) };
  for (const g of subs.add(st.g, s.value, 1, r.ms, c.subgroup.close_on.map((k) => ctx[k] ?? ''))) {
    const { lanes } = engine.step(st.e, g); st.pts++;
    let holds = false;
    for (const l of lanes) { if (l.status === 'judged') st.judged += l.lane === 0 ? 1 : 0; if (l.holds) holds = true; if (l.rises) for (let b = 0; b < l.ruleIds.length; b++) if ((l.rises >>> b) & 1) st.sig[l.lane + l.ruleIds[b]!] = (st.sig[l.lane + l.ruleIds[b]!] ?? 0) + 1; }
    if (holds && !st.on) st.alarms++; st.on = holds;
  }
}
let total = 0;
for (const [k, s] of streams) { total += s.alarms; console.log(k.padEnd(34), JSON.stringify(s.c.chart.use).padEnd(9), 'pts', String(s.pts).padStart(5), 'judged', String(s.judged).padStart(5), 'alarms', String(s.alarms).padStart(4), JSON.stringify(s.sig), 'cpk', engine.capability(s.e).ppk.toFixed(2), engine.capability(s.e).withheld); }
console.log('total', total);

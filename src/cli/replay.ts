// pumjil replay: runs the stored measurements of a stream through other rules, limits or charts, and says what would have been different.

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PumjilError } from '../errors.ts';
import type { WhatIf } from '../replay/what-if.ts';
import { type Arguments, readArguments, textOption, usageError } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';
import { dataDir } from './data-dir.ts';
import { printReplay, replayJson } from './replay-text.ts';

export const command: Command = {
  summary: { en: 'Runs stored measurements through other rules, limits or charts and compares; changes nothing.' },
  usage: `
Usage: pumjil replay <stream> [--rules <set | file>] [--limits <centre,sigma | baseline:n>] [--chart <chart>]
                              [--from <time>] [--to <time>] [-c pumjil.yaml | --data <folder>] [--json]
       pumjil replay                lists the streams

Says which signals would be gained and lost beside those that stand, which alarms with a known cause would be caught, sooner or
later by how much, and missed, and which false alarms avoided. Without --rules, --limits and --chart the plan in force runs again:
a proof that nothing is gained and nothing lost. Reads only; the plant may run or be stopped.

      --rules <set|file>   name of a rule set, or a YAML file of sentences: X1: "3 of 4 beyond 1 sigma on one side"
      --limits <limits>    centre and sigma of the individual values, or baseline:n to learn them from the first n subgroups of the period
      --chart <chart>      name of a chart, or name and settings: '{ use: ewma, lambda: 0.1 }'
      --from, --to <time>  period compared, RFC 3339 or ms since 1970; default everything
  -c, --config <file>      configuration whose data folder is meant, default pumjil.yaml
      --data <folder>      that folder itself
      --json               result as JSON

Exit: 0 done, 1 could not be done, 2 command line wrong

Examples:
  pumjil replay L2.bore_dia~BR-40 --rules nelson
  pumjil replay L2.bore_dia~BR-40 --chart ewma --from 2026-09-01T00:00:00+09:00
  pumjil replay L2.bore_dia~BR-40 --limits baseline:50 --json
`,
  async run(args, io) {
    const text = { type: 'string' } as const;
    const read = readArguments(
      args,
      {
        rules: text,
        limits: text,
        chart: text,
        from: text,
        to: text,
        config: { type: 'string', short: 'c' },
        data: text,
        json: { type: 'boolean' },
      },
      1,
    );
    const [stream] = read.positionals;
    if (textOption(read, 'data') !== undefined && textOption(read, 'config') !== undefined)
      throw usageError('both -c and --data are given', 'Name the configuration or the data folder, not both.');
    const whatIf = await questionOf(read, io);
    const folder = await dataDir(read, 'data', io);
    const file = join(folder, 'plant.db');
    if (!existsSync(file))
      throw new PumjilError('DATA_DIR_EMPTY', {
        message: `${folder} holds no history`,
        hint: 'Name the data folder of a plant that has run: pumjil replay --data <folder>',
      });
    return answer(file, stream, whatIf, read.values.json === true, io);
  },
};

async function answer(
  file: string,
  id: string | undefined,
  whatIf: WhatIf,
  isJson: boolean,
  io: CommandIo,
): Promise<number> {
  const [{ openReader }, { planInForce }, { replayFrom }, { sourceTag }, { loadComponents }, { routingOf }] =
    await Promise.all([
      import('../history/embedded/reader.ts'),
      import('../replay/plan-in-force.ts'),
      import('../replay/load.ts'),
      import('../replay/source.ts'),
      import('./load.ts'),
      import('../pipeline/routing.ts'),
    ]);
  const { plan, nowMs } = planInForce(file);
  const { ruleSets } = await loadComponents();
  const reader = openReader(file);
  try {
    const routing = routingOf(plan);
    const streams = reader
      .seriesRows()
      .filter((row) => row.isStream && routing.characteristic(row.characteristic) !== undefined);
    if (id === undefined) {
      if (isJson) io.stdout.write(`${JSON.stringify(streams.map((row) => row.id))}\n`);
      else for (const row of streams) io.stdout.write(`${row.id}\n`);
      return 0;
    }
    const stream = streams.find((row) => row.id === id);
    const characteristic = routing.characteristic(stream?.characteristic ?? '');
    if (stream === undefined || characteristic === undefined) {
      const { didYouMean } = await import('../config/nearest.ts');
      const ids = streams.map((row) => row.id);
      throw usageError(`there is no stream "${id}"${didYouMean(id, ids)}`, 'See pumjil replay for their ids.');
    }
    const tag = sourceTag(characteristic);
    const isRecord = routing.isRecord(tag.slice(0, tag.indexOf('/')));
    const of = { stream: id, part: stream.part, characteristic, isRecord, latenessMs: plan.lateness_ms };
    const replay = await replayFrom(reader, { ...of, whatIf, ruleSets, nowMs });
    if (isJson) io.stdout.write(`${JSON.stringify(replayJson(replay), null, 2)}\n`);
    else io.stdout.write(printReplay(replay, characteristic.unit, plan.plant.timezone));
    return 0;
  } finally {
    reader.close();
  }
}

async function questionOf(read: Arguments, io: CommandIo): Promise<WhatIf> {
  const rules = textOption(read, 'rules');
  const limits = textOption(read, 'limits');
  const chart = textOption(read, 'chart');
  return {
    ...(rules === undefined ? {} : { rules: /\.ya?ml$/i.test(rules) ? await sentencesIn(rules, io) : rules }),
    ...(limits === undefined ? {} : { limits: limitsOf(limits) }),
    ...(chart === undefined ? {} : { chart: await chartOf(chart) }),
    ...timeOf(read, 'from', 'fromMs'),
    ...timeOf(read, 'to', 'toMs'),
  };
}

/** Sentences by id: a map, or the map `rules` of a rule set. */
async function sentencesIn(file: string, io: CommandIo): Promise<Readonly<Record<string, string>>> {
  const [{ readYaml }, { isGroup }] = await Promise.all([
    import('../config/yaml.ts'),
    import('../config/schema-walk.ts'),
  ]);
  const text = await readFile(resolve(io.cwd, file), 'utf8').catch(() => {
    throw usageError(`${file} cannot be read`, 'Name a rule set, or a YAML file of sentences.');
  });
  const { value } = readYaml(text);
  const map = isGroup(value) && isGroup(value.rules) ? value.rules : value;
  const isMap = isGroup(map) && Object.values(map).every((sentence) => typeof sentence === 'string');
  if (!isMap) throw usageError(`${file} holds no rules`, 'Write one rule a line: X1: "1 of 1 beyond 3 sigma"');
  return map as Readonly<Record<string, string>>;
}

function limitsOf(text: string): NonNullable<WhatIf['limits']> {
  const learn = /^baseline:(\d{1,6})$/.exec(text);
  if (learn !== null) return { baseline: Number(learn[1]) };
  const [centre = Number.NaN, sigma, ...rest] = text.split(',').map((part) => Number(part.trim() || Number.NaN));
  if (!Number.isFinite(centre) || rest.length > 0 || (sigma !== undefined && !(sigma > 0)))
    throw usageError(`--limits ${text} is not understood`, 'Write --limits 12.05,0.02 or --limits baseline:25');
  return sigma === undefined ? { centre } : { centre, sigma };
}

async function chartOf(text: string): Promise<NonNullable<WhatIf['chart']>> {
  if (!text.trimStart().startsWith('{')) return text;
  const { readYaml } = await import('../config/yaml.ts');
  const { value } = readYaml(text);
  const chart = value as { readonly use?: unknown } | null | undefined;
  if (typeof chart?.use !== 'string')
    throw usageError(`--chart ${text} names no chart`, "Write --chart '{ use: ewma, lambda: 0.1 }'");
  return chart as { readonly use: string };
}

function timeOf(read: Arguments, option: string, key: 'fromMs' | 'toMs'): Partial<WhatIf> {
  const text = textOption(read, option);
  if (text === undefined) return {};
  const ms = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(ms))
    throw usageError(`--${option} ${text} is not a time`, `For example: --${option} 2026-09-01T08:00:00+09:00`);
  return { [key]: ms };
}

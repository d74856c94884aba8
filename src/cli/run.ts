// pumjil run: collects, judges and serves until it is told to end.
import { resolve } from 'node:path';
import { createLog } from '../pipeline/log.ts';
import { readArguments, textOption } from './arguments.ts';
import type { Command, CommandIo } from './command.ts';

export const command: Command = {
  summary: { en: 'collect, judge and show until stopped' },
  usage: `
Usage: pumjil run [-c pumjil.yaml] [--log info]

Starts the plant of a configuration: adapters, journal, engine, screens. The file is watched: a changed file restarts
only what changed; a bad file is reported and leaves the old one in force. Ctrl-C or SIGTERM ends it cleanly.

  -c, --config <file>   configuration, default pumjil.yaml
      --log <level>     error, warn, info or debug; default info

First start: set PUMJIL_ADMIN_PASSWORD, or a password for admin is printed once.

Exit: 0 ended as asked, 1 could not start or could not go on, 2 command line wrong

Example:
  pumjil run -c pumjil.yaml
`,
  async run(args, io) {
    const options = readArguments(args, { config: { type: 'string', short: 'c' }, log: { type: 'string' } }, 0);
    const path = resolve(io.cwd, textOption(options, 'config') ?? 'pumjil.yaml');
    return runPlant(path, textOption(options, 'log') ?? 'info', io);
  },
};

/** Sections of the configuration that are read once. */
const AT_START: ReadonlySet<string> = new Set(['server', 'data_dir', 'history']);

async function runPlant(path: string, level: string, io: CommandIo): Promise<number> {
  const [{ loadComponents }, { planDiff }, { loadPlan }, { watchPlan }, { serve }, { firstRunUsers }] =
    await Promise.all([
      import('./load.ts'),
      import('../config/diff.ts'),
      import('../config/load.ts'),
      import('../config/watch.ts'),
      import('./serve.ts'),
      import('./first-run.ts'),
    ]);
  const log = createLog(level);
  const components = await loadComponents();
  const plan = await loadPlan({ path, components, env: io.env });
  let end: (code: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    end = resolve;
  });
  const serving = await serve({
    plan,
    components,
    log,
    author: 'file',
    users: (records) => firstRunUsers(records, io),
    onFatal(error) {
      io.stderr.write(`Pumjil cannot go on: ${error.message}\n`);
      end(1);
    },
  });
  const watch = watchPlan({
    path,
    components,
    env: io.env,
    onPlan: (next) =>
      serving.running.reload(next, 'file').then(
        () => {
          log.info({ file: path }, 'configuration in force');
          const { sections } = planDiff(plan, next);
          const waiting = sections.filter((section) => AT_START.has(section));
          if (waiting.length > 0) log.warn({ file: path, sections: waiting }, 'takes effect at the next start only');
        },
        (error: unknown) => log.error({ error: String(error) }, 'configuration not applied'),
      ),
    onProblems: (error) =>
      log.error({ file: path, problems: error.message }, 'configuration refused, the old one stays in force'),
  });
  io.stdout.write(`${serving.api.url}\n`);
  io.signal.addEventListener('abort', () => end(0), { once: true });
  const code = await ended;
  await watch.close();
  await serving.stop();
  return code;
}

// pumjil demo: the demo plant with its past, on the embedded store.
import { resolve } from 'node:path';
import { numberOption, readArguments, textOption, usageError } from './arguments.ts';
import type { Command } from './command.ts';

export const command: Command = {
  summary: { en: 'start the demo plant: three lines that speak Modbus, OPC UA and MQTT' },
  usage: `
Usage: pumjil demo [--speed 60] [--seed 5] [--past 10d] [--fault id@time] [--port 8080] [--data <folder>] [--fresh]

Starts a fictional auto-parts plant as separate processes on this machine and Pumjil beside it. The first start lets the plant
run through its past first; a later one goes on from there.

      --speed <n>        plant time per wall time; 60 = a plant hour a minute
      --seed <n>         the same plant again; default 5, whose thirty healthy days are those of the plant file
      --past <days>d     plant days of history before the first screen; default 10d
      --fault <id@time>  a fault besides the five-minute script, at a plant time after the start, such as dryer@0:50 (h:mm);
                         several separated by commas
      --no-script        leave the five-minute script out
      --port <n>         port of the screens; default 8080
      --data <folder>    where the demo keeps its data; default data/demo
      --fresh            forget what an earlier demo kept
      --language <ko|en> language of the screens at first; default ko
      --log <level>      error, warn, info or debug; default warn

Exit: 0 ended as asked, 1 could not start or could not go on, 2 command line wrong

Example:
  pumjil demo --speed 60 --fault dryer@0:50
`,
  async run(args, io) {
    const options = readArguments(
      args,
      {
        speed: { type: 'string' },
        seed: { type: 'string' },
        past: { type: 'string' },
        fault: { type: 'string' },
        'no-script': { type: 'boolean' },
        port: { type: 'string' },
        data: { type: 'string' },
        fresh: { type: 'boolean' },
        language: { type: 'string' },
        log: { type: 'string' },
      },
      0,
    );
    const past = /^(\d{1,3})d?$/.exec(textOption(options, 'past') ?? '10d');
    if (past === null)
      throw usageError(`--past ${textOption(options, 'past')} is not a number of days`, 'For example: --past 10d');
    const language = textOption(options, 'language') ?? 'ko';
    if (language !== 'ko' && language !== 'en')
      throw usageError(`--language ${language} is not known`, 'Write ko or en.');
    const { DEFAULT_SEED } = await import('../../demo/seed.ts');
    const { runDemo } = await import('./demo-run.ts');
    return runDemo(
      {
        speed: numberOption(options, 'speed', 0.1, 600) ?? 60,
        seed: numberOption(options, 'seed', 0, 2 ** 32 - 1) ?? DEFAULT_SEED,
        pastDays: Number(past[1]),
        faults: (textOption(options, 'fault') ?? '').split(',').filter((fault) => fault !== ''),
        script: options.values['no-script'] !== true,
        port: numberOption(options, 'port', 0, 65535) ?? 8080,
        folder: resolve(io.cwd, textOption(options, 'data') ?? 'data/demo'),
        isFresh: options.values.fresh === true,
        language,
        logLevel: textOption(options, 'log') ?? 'warn',
      },
      io,
    );
  },
};

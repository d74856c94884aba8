#!/usr/bin/env node
// Starts Pumjil on Node 24 or newer: this process if it is one, else the Node that was installed beside the product.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const LEAST = 24;
const root = dirname(fileURLToPath(import.meta.url));
// Node does not run TypeScript below node_modules; there the built files are used.
const isInstalled = root.split(sep).includes('node_modules');
const source = join(root, 'src', 'main.ts');
const entry = !isInstalled && existsSync(source) ? source : join(root, 'dist', 'src', 'main.js');
const isNew = Number(process.versions.node.split('.')[0]) >= LEAST;
const name = process.platform === 'win32' ? 'node.exe' : 'node';
const beside = [join(root, 'node_modules', 'node', 'bin', name), join(root, '..', 'node', 'bin', name)].find((path) =>
  existsSync(path),
);

if (!existsSync(entry)) {
  fail(`${entry} is missing.`);
} else if (isNew) {
  // One process: who kills it has killed Pumjil.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
  const { start } = await import(pathToFileURL(entry).href);
  await start();
} else if (beside === undefined) {
  fail(`Pumjil needs Node ${LEAST} or newer; this is ${process.versions.node}, and none is installed beside it.`);
} else {
  runBeside(beside);
}

function runBeside(node) {
  const quiet = ['--disable-warning=ExperimentalWarning'];
  // Over the channel the child notices when this process is killed.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  const child = spawn(node, [...quiet, entry, ...process.argv.slice(2)], { stdio, windowsHide: true });
  const signals = ['SIGTERM', 'SIGHUP', 'SIGINT'];
  for (const signal of signals) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both; a service manager signals only this process.
      if (signal !== 'SIGINT' || process.stdin.isTTY !== true) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    for (const each of signals) process.removeAllListeners(each);
    if (signal !== null) process.kill(process.pid, signal);
    else process.exitCode = code ?? 1;
  });
}

function fail(what) {
  process.stderr.write(`pumjil: ${what}\n    Run: npm install\n`);
  process.exitCode = 1;
}

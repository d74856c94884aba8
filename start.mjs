// The door for a fresh machine: runs on any Node from 20, installs what is missing, then goes on under Node 24.
// npm start, npm test, npm run check, bench, campaign and build all enter here.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));
const isWindows = process.platform === 'win32';
const [job = 'demo', ...args] = process.argv.slice(2);

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** Runs a program to its end with our own input and output; returns its exit code. */
function run(program, programArgs, options = {}) {
  const result = spawnSync(program, programArgs, { cwd: root, stdio: 'inherit', shell: false, ...options });
  if (result.error) fail(`${program} could not be started: ${result.error.message}`);
  return result.status ?? 1;
}

function installPackages() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs && existsSync(localNode())) return;
  try {
    accessSync(root, constants.W_OK);
  } catch {
    fail(
      `No permission to write in ${root}: give this user the right to write there, or copy the folder to your home.`,
    );
  }
  say('Installing packages (first start only, about a minute) …');
  const npm = process.env.npm_execpath;
  const result = npm?.endsWith('.js')
    ? spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    : spawnSync(isWindows ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
        shell: isWindows,
      });
  if (result.status === 0) {
    if (!existsSync(localNode()))
      fail(
        'The package "node" was installed without its program: allow its install script (npm config ignore-scripts must be false) and start again.',
      );
    return;
  }
  const text = `${result.stdout ?? ''}${result.stderr ?? ''}`;
  if (/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET|network/i.test(text))
    fail(
      'No network: npm cannot reach its registry. Connect this machine once (or set the npm registry or proxy) and start again.',
    );
  if (/EACCES|EPERM|EROFS/.test(text)) {
    // It may be npm's own cache that cannot be written.
    const place = /^npm (?:error|ERR!) path (.+)$/m.exec(text)?.[1] ?? root;
    fail(
      `No permission to write in ${place}: give this user the right to write there, or copy the folder to your home.`,
    );
  }
  if (/ENOSPC/.test(text)) fail('The disk is full: free about 1 GB and start again.');
  fail(`npm ci failed:\n${text.slice(-2000)}`);
}

function localNode() {
  return join(root, 'node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node');
}

/** Node 24 or newer: our own when it is, else the one among the packages. */
function node() {
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : localNode();
}

/** Newest change below a folder, ms. */
function newest(folder) {
  let latest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'dist' || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    latest = Math.max(latest, entry.isDirectory() ? newest(path) : statSync(path).mtimeMs);
  }
  return latest;
}

function buildDashboards() {
  const built = join(root, 'dashboards', 'app', 'dist', 'index.html');
  const sources = Math.max(
    newest(join(root, 'dashboards', 'app')),
    newest(join(root, 'src', 'figure')),
    statSync(join(root, 'package-lock.json')).mtimeMs,
  );
  if (existsSync(built) && statSync(built).mtimeMs >= sources) return;
  say('Building the dashboards …');
  const code = run(node(), [
    join(root, 'node_modules', 'vite', 'bin', 'vite.js'),
    'build',
    join(root, 'dashboards', 'app'),
    '--logLevel',
    'error',
  ]);
  if (code !== 0) fail('The dashboards could not be built; the messages above say why.');
}

/** Debian packages that the tests use as independent peers, by the program that shows they are there. */
const TEST_PACKAGES = [
  { package: 'influxdb', shows: () => hasProgram('influxd'), tests: 'InfluxDB history' },
  { package: 'mosquitto', shows: () => hasProgram('mosquitto', ['/usr/sbin']), tests: 'MQTT against mosquitto' },
  { package: 'chromium', shows: () => hasProgram('chromium'), tests: 'screens in a browser' },
  {
    package: 'fonts-noto-cjk',
    shows: () =>
      existsSync('/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc') ||
      existsSync('/usr/share/fonts/truetype/nanum'),
    tests: 'Korean text on screens',
  },
  { package: 'mbpoll', shows: () => hasProgram('mbpoll'), tests: 'Modbus against mbpoll' },
  { package: 'python3-pymodbus', shows: () => hasPython('pymodbus'), tests: 'Modbus against pymodbus' },
  { package: 'python3-serial-asyncio', shows: () => hasPython('serial_asyncio'), tests: 'Modbus against pymodbus' },
];

function hasProgram(name, more = []) {
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/bin', '/usr/sbin', '/usr/local/bin', ...more];
  return folders.some((folder) => existsSync(join(folder, name)));
}

function hasPython(module) {
  if (!existsSync('/usr/bin/python3')) return false;
  return spawnSync('/usr/bin/python3', ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0;
}

function installTestPrograms() {
  const missing = TEST_PACKAGES.filter((entry) => !entry.shows());
  if (missing.length === 0) return;
  const names = missing.map((entry) => entry.package);
  const isRoot = process.getuid?.() === 0;
  const canSudo = !isRoot && hasProgram('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  if (hasProgram('apt-get') && (isRoot || canSudo)) {
    say(`Installing Debian packages for the tests: ${names.join(' ')} …`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const apt = (...aptArgs) =>
      spawnSync(isRoot ? 'apt-get' : 'sudo', isRoot ? aptArgs : ['-n', 'apt-get', ...aptArgs], {
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
        env,
      });
    apt('update', '-qq');
    const result = apt('install', '-y', '-qq', '--no-install-recommends', ...names);
    if (result.status !== 0) for (const name of names) apt('install', '-y', '-qq', '--no-install-recommends', name);
  }
  for (const entry of missing)
    if (!entry.shows())
      say(
        `Not installed: ${entry.package} (apt-get install ${entry.package}). Skipped therefore: tests of ${entry.tests}.`,
      );
}

/** Compiles the sources into a folder and lays beside them what they read: rule sets, the evaluation model, the demo plant. */
function buildSources(folder) {
  rmSync(folder, { recursive: true, force: true });
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const code = run(node(), [tsc, '-p', join(root, 'tsconfig.build.json'), '--outDir', folder]);
  if (code !== 0) fail('The sources could not be built; the messages above say why.');
  for (const name of ['src', 'demo', 'rules'])
    cpSync(join(root, name), join(folder, name), {
      recursive: true,
      filter: (path) => statSync(path).isDirectory() || path.endsWith('.yaml'),
    });
}

function forward(programArgs) {
  process.exit(run(node(), programArgs));
}

/** Like forward, for what runs until it is stopped: signals go on to it, and it ends when this process is killed. */
function forwardAlive(programArgs) {
  // Over the channel the child notices that this process is gone, even after kill -9.
  const child = spawn(node(), programArgs, { cwd: root, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // A terminal sends Ctrl-C to both.
      if (signal !== 'SIGINT' || process.stdin.isTTY !== true) child.kill(signal);
    });
  }
  child.on('error', (error) => fail(`${node()} could not be started: ${error.message}`));
  child.on('exit', (code) => process.exit(code ?? 1));
}

installPackages();
switch (job) {
  case 'demo':
    buildDashboards();
    forwardAlive([join(root, 'src', 'main.ts'), 'demo', ...args]);
    break;
  case 'test':
    installTestPrograms();
    buildDashboards();
    forward([join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...args]);
    break;
  case 'check-code': {
    const biome = run(node(), [join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome'), 'check', '.']);
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const types = run(node(), [tsc, '--noEmit', '-p', root]);
    const app = existsSync(join(root, 'dashboards', 'app', 'tsconfig.json'))
      ? run(node(), [tsc, '--noEmit', '-p', join(root, 'dashboards', 'app')])
      : 0;
    process.exit(biome || types || app);
    break;
  }
  case 'bench':
    forward([join(root, 'test', 'bench', 'main.ts'), ...args]);
    break;
  case 'campaign':
    forward([join(root, 'test', 'campaign', 'main.ts'), ...args]);
    break;
  case 'build': {
    // For tests of the build: another folder, the sources alone.
    const out = args.includes('--out') ? args[args.indexOf('--out') + 1] : 'dist';
    if (!args.includes('--sources')) buildDashboards();
    buildSources(resolve(root, out ?? 'dist'));
    say(`Built into ${out}.`);
    break;
  }
  default:
    fail(
      `start.mjs knows demo, test, check-code, bench, campaign and build, not "${job}" (version ${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}).`,
    );
}

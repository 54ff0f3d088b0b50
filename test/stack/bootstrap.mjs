// The entry of every npm script. It runs on any Node of the machine (20 or newer), brings node_modules up to date, and
// starts the Node 24 that the dev dependency `node` installs. Node 24 runs TypeScript.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { cacheRoot, withLock } from './lock.mjs';

const TASKS = {
    test: 'test/stack/testAll.ts',
    check: 'test/stack/check.ts',
    watch: 'esbuild.mjs',
    demo: 'test/demo/main.ts',
    pictures: 'test/demo/pictures.ts',
    stack: 'test/stack/main.ts',
    bench: 'test/bench/main.ts',
    desktop: 'test/desktop/main.ts',
    package: 'test/stack/packageVsix.ts',
    'livekit-auth': 'src/livekit/authoriser/authoriserMain.ts',
};
// The only dependencies whose install scripts Hush needs: a Node binary, esbuild's binary check, and the
// copying of keytar's bundled prebuild (`keytar` is an npm alias for @github/keytar).
const WITH_SCRIPTS = ['node', 'esbuild', 'keytar'];

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const modules = join(root, 'node_modules');
const node24 = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const stamp = join(modules, '.hush-lock-hash');

class Stop extends Error {}

function lockHash() {
    const hash = createHash('sha256');
    for (const name of ['package-lock.json', 'package.json']) {
        const file = join(root, name);
        if (existsSync(file)) return hash.update(readFileSync(file)).digest('hex');
    }
    throw new Stop('There is no package.json here: run this from a checkout of Hush.');
}

function installed() {
    if (!existsSync(node24)) return false;
    if (existsSync(stamp)) return readFileSync(stamp, 'utf8') === lockHash();
    // Somebody ran npm by hand. Trust npm's own record if it is newer than the lock file.
    const record = join(modules, '.package-lock.json');
    const lock = join(root, 'package-lock.json');
    if (!existsSync(record) || !existsSync(lock) || statSync(record).mtimeMs < statSync(lock).mtimeMs) return false;
    if (!binariesWork()) return false;
    writeFileSync(stamp, lockHash());
    return true;
}

function binariesWork() {
    const version = spawnSync(node24, ['--version'], { encoding: 'utf8' });
    const keytar = existsSync(join(modules, 'keytar', 'build', 'Release', 'keytar.node'));
    return version.status === 0 && version.stdout.startsWith('v24.') && keytar;
}

async function npm(args) {
    const windows = process.platform === 'win32'; // npm is a .cmd there, which only a shell starts
    const child = spawn(windows ? 'npm.cmd' : 'npm', args, { cwd: root, stdio: ['ignore', 2, 2], shell: windows });
    const code = await new Promise((done) => {
        child.on('error', () => done(127));
        child.on('close', (status) => done(status ?? 1));
    });
    if (code === 127) throw new Stop('npm was not found: install Node.js 20 or newer together with npm.');
    if (code !== 0) {
        throw new Stop(
            `"npm ${args.join(' ')}" failed (see above): check the network and npm's settings, then run this again.`,
        );
    }
}

async function install() {
    const verb = existsSync(join(root, 'package-lock.json')) ? 'ci' : 'install';
    console.error(`[1/2] npm packages … npm ${verb} (about 20 s)`);
    // Two steps because npm's rule for which install scripts run differs between npm 10 and 11: none here, …
    await npm([verb, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
    console.error('[2/2] npm packages … Node 24, esbuild and keytar (about 15 s)');
    // … and exactly these there, whatever the person's npmrc says about scripts.
    await npm(['rebuild', '--ignore-scripts=false', '--loglevel=error', ...WITH_SCRIPTS]);
    if (!binariesWork())
        throw new Stop('npm finished, but node_modules has no working Node 24 and keytar for this platform.');
    mkdirSync(modules, { recursive: true });
    writeFileSync(stamp, lockHash());
}

function handOver(entry, args) {
    const child = spawn(node24, ['--disable-warning=ExperimentalWarning', entry, ...args], {
        cwd: root,
        stdio: 'inherit',
    });
    // The child ends its own servers. This process must only outlive it and pass on signals.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
    child.on('exit', (code, signal) => {
        process.exitCode = code ?? 128 + (constants.signals[signal] ?? 1);
    });
}

async function main([task, ...args]) {
    if (Number.parseInt(process.versions.node, 10) < 20)
        throw new Stop('Hush needs Node.js 20 or newer to start its scripts.');
    const entry = Object.hasOwn(TASKS, task ?? '') ? TASKS[task] : undefined;
    if (!entry) throw new Stop(`Say what to run: ${Object.keys(TASKS).join(', ')}.`);
    if (!existsSync(join(root, entry)))
        throw new Stop(`The task "${task}" is not in this checkout (${entry} is missing).`);
    if (!installed()) {
        const name = createHash('sha256').update(root).digest('hex').slice(0, 16);
        await withLock(join(cacheRoot(), 'locks', `npm-${name}`), async () => {
            if (!installed()) await install();
        });
    }
    handOver(entry, args);
}

main(process.argv.slice(2)).catch((error) => {
    console.error(error instanceof Stop ? error.message : error);
    process.exitCode = 1;
});

/**
 * `npm test`: checks the sources, then runs every suite, one after the other, each in a process of its own: a library that
 * one suite loads plainly must not be there already when another wants it loaded as the bundles have it. Ends with
 * `N passed, N failed, N skipped`.
 *
 *     npm test -- test/unit/windows/pulse.test.ts    just this file, or every test file of a folder
 *     npm test -- --grep=TEXT                        the tests whose title has TEXT
 *     npm test -- --only=unit|integration|e2e        one suite
 *     npm test -- --list                             names the files
 */
import { fork } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { check } from './check.ts';
import { chosenFiles, installersOf, type Suite } from './chosenFiles.ts';
import { evidenceOf, recentLines } from './evidence.ts';
import { prepare } from './prepare.ts';
import { onShutdown, removeAtEnd, shutDown } from './processes.ts';
import { slowestLines, watchTimes, type Timed } from './slowest.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** In ms for one test (hooks included). Tests that start servers set their own. */
const TIMEOUTS: Readonly<Record<Suite, number>> = { unit: 10_000, integration: 120_000, e2e: 300_000 };

interface Count {
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    /**
     * Each failed test: its full title, the reason, and the last log lines. Printed at the end, because people read a
     * long log from there.
     */
    readonly failures: readonly string[];
    readonly timed: readonly Timed[];
}

async function runSuite(suite: Suite, files: readonly string[], grep: string | undefined): Promise<Count> {
    const mocha = new Mocha({
        timeout: TIMEOUTS[suite],
        reporter: 'spec',
        ...(grep === undefined ? {} : { fgrep: grep }),
    });
    // The SDK must be loaded with our store from the start, also when a file runs alone that names the SDK first.
    if (suite === 'integration') await import('../integration/support/matrixEngine.ts');
    for (const file of files) mocha.addFile(join(root, file));
    await mocha.loadFilesAsync();
    const failed: { readonly title: string; readonly reason: string; readonly logged: readonly string[] }[] = [];
    let times: () => readonly Timed[] = () => [];
    const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
        const runner = mocha.run(() => resolve(runner.stats));
        times = watchTimes(runner);
        runner.on('fail', (test, error) =>
            failed.push({ title: test.fullTitle(), reason: reasonOf(error), logged: recentLines() }),
        );
    });
    // The hooks after a failed test read its windows, so the evidence is complete only now.
    const failures = failed.map(({ title, reason, logged }, index) => {
        const evidence = index < 3 ? [...logged, ...evidenceOf(title)].map((line) => `    | ${line}`) : [];
        return [`${suite}: ${title}: ${reason}`, ...evidence].join('\n');
    });
    const { passes: passed = 0, failures: failedCount = 1, pending: skipped = 0 } = stats ?? {};
    return { passed, failed: failedCount, skipped, failures, timed: times() };
}

/** Returns the error of a failed test with its stack. Limited, because an assertion may print whole objects. */
function reasonOf(error: unknown): string {
    return (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2_000);
}

/** Runs one suite with `--only` in a child that reports its count. A child without a count has failed. */
async function inOwnProcess(suite: Suite, paths: readonly string[], grep: string | undefined): Promise<Count> {
    const args = [`--only=${suite}`, ...(grep === undefined ? [] : [`--grep=${grep}`]), ...paths];
    const child = fork(fileURLToPath(import.meta.url), args, { cwd: root });
    const end = onShutdown(async () => void child.kill('SIGTERM'));
    let count: Count = { ...NOTHING, failed: 1, failures: [`${suite}: ended without telling a count`] };
    child.on('message', (told) => (count = told as Count));
    await new Promise((resolve) => child.once('exit', resolve));
    end();
    return count;
}

const NOTHING: Count = { passed: 0, failed: 0, skipped: 0, failures: [], timed: [] };

function add(a: Count, b: Count): Count {
    return {
        passed: a.passed + b.passed,
        failed: a.failed + b.failed,
        skipped: a.skipped + b.skipped,
        failures: [...a.failures, ...b.failures],
        timed: [...a.timed, ...b.timed],
    };
}

const { values, positionals: paths } = parseArgs({
    options: { only: { type: 'string' }, grep: { type: 'string' }, list: { type: 'boolean' } },
    allowPositionals: true,
});
/** A narrowed run does only what was asked for. */
const everything = paths.length === 0 && values.only === undefined && values.grep === undefined && values.list !== true;
const isChild = process.send !== undefined;

async function runAll(): Promise<Count> {
    const chosen = chosenFiles(root, { paths, only: values.only });
    if (values.list === true) {
        for (const files of chosen.values()) for (const file of files) console.log(file);
        return NOTHING;
    }
    let total: Count = NOTHING;
    if (everything) for (const name of await check()) total = add(total, { ...NOTHING, failed: 1, failures: [name] });
    if (!isChild) {
        const began = performance.now();
        await prepare(
            installersOf(
                root,
                [...chosen].flatMap(([suite, files]) => (suite === 'unit' ? [] : files)),
            ),
        );
        console.log(`installed in ${seconds(began)}`);
    }
    for (const [suite, files] of chosen) {
        if (!isChild && chosen.size > 1) {
            total = add(total, await inOwnProcess(suite, paths, values.grep));
            continue;
        }
        console.log(`\n=== ${suite} ===`);
        const began = performance.now();
        total = add(total, await runSuite(suite, files, values.grep));
        console.log(`${suite}: ${seconds(began)}`);
    }
    return total;
}

function seconds(began: number): string {
    return `${((performance.now() - began) / 1_000).toFixed(0)} s`;
}

if (!isChild) {
    // Deletes everything after the run that a suite, a browser or Hush stores in the temporary folder.
    process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'hush-tests-'));
    removeAtEnd(process.env['TMPDIR']);
}

let total: Count = NOTHING;
try {
    total = await runAll();
} catch (error) {
    total = { ...total, failed: total.failed + 1 };
    console.error(error instanceof Error ? error.message : error);
} finally {
    await shutDown();
}
const good = total.failed === 0 && (total.passed > 0 || values.list === true);
if (process.send) process.send(total, () => process.exit(good ? 0 : 1));
else {
    if (everything) console.log(`\nSlowest tests and hooks:\n${slowestLines(total.timed).join('\n')}`);
    if (total.failures.length > 0) console.log(`\nFailed:\n\n${total.failures.join('\n\n')}`);
    if (values.list !== true) console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    process.exit(good ? 0 : 1);
}

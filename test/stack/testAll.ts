/**
 * `npm test`: every suite, one after the other, each in a process of its own: a library that one suite loads plainly must
 * not be there already when another wants it loaded as the bundles have it. Ends with `N passed, N failed, N skipped`.
 * `--only=unit|integration|e2e` runs one; `--grep=TEXT` narrows; `--list` names the files.
 */
import { fork } from 'node:child_process';
import { globSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Mocha from 'mocha';
import { evidenceOf, recentLines } from './evidence.ts';
import { prepare } from './prepare.ts';
import { onShutdown, removeAtEnd, shutDown } from './processes.ts';
import { run } from './run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** ms for one test (hooks included); what starts servers says its own. */
const SUITES = { unit: 10_000, integration: 120_000, e2e: 300_000 } as const;
type Suite = keyof typeof SUITES;

interface Count {
    passed: number;
    failed: number;
    skipped: number;
    /** Each failed test: its whole title, why, and what was logged last. Said at the end: a long log is read from there. */
    failures: string[];
}

async function runSuite(suite: Suite, grep: string | undefined): Promise<Count> {
    const files = globSync(`test/${suite}/**/*.test.ts`, { cwd: root }).sort();
    const mocha = new Mocha({
        timeout: SUITES[suite],
        reporter: 'spec',
        ...(grep === undefined ? {} : { fgrep: grep }),
    });
    for (const file of files) mocha.addFile(join(root, file));
    await mocha.loadFilesAsync();
    const failed: { readonly title: string; readonly reason: string; readonly logged: readonly string[] }[] = [];
    const stats = await new Promise<Mocha.Stats | undefined>((resolve) => {
        const runner = mocha.run(() => resolve(runner.stats));
        runner.on('fail', (test, error) =>
            failed.push({ title: test.fullTitle(), reason: reasonOf(error), logged: recentLines() }),
        );
    });
    // The hooks after a failed test look at its windows, so that is known only now.
    const failures = failed.map(({ title, reason, logged }, index) => {
        const evidence = index < 3 ? [...logged, ...evidenceOf(title)].map((line) => `    | ${line}`) : [];
        return [`${suite}: ${title}: ${reason}`, ...evidence].join('\n');
    });
    return { passed: stats?.passes ?? 0, failed: stats?.failures ?? 1, skipped: stats?.pending ?? 0, failures };
}

/** What a failed test threw, with its place; bounded, for an assertion may print whole objects. */
function reasonOf(error: unknown): string {
    return (error instanceof Error ? (error.stack ?? error.message) : String(error)).slice(0, 2_000);
}

/** The same suite by `--only`, in a child that tells its count. A child that ends without one has failed. */
async function inOwnProcess(suite: Suite, grep: string | undefined): Promise<Count> {
    const args = [`--only=${suite}`, ...(grep === undefined ? [] : [`--grep=${grep}`])];
    const child = fork(fileURLToPath(import.meta.url), args, { cwd: root });
    const end = onShutdown(async () => void child.kill('SIGTERM'));
    let count: Count = { passed: 0, failed: 1, skipped: 0, failures: [`${suite}: ended without telling a count`] };
    child.on('message', (told) => (count = told as Count));
    await new Promise((resolve) => child.once('exit', resolve));
    end();
    return count;
}

const { values } = parseArgs({ options: { only: { type: 'string' }, grep: { type: 'string' } } });
const all = Object.keys(SUITES) as Suite[];
const wanted = values.only === undefined ? all : all.filter((suite) => suite === values.only);
if (wanted.length === 0) {
    console.error(`--only is one of ${all.join(', ')}.`);
    process.exit(2);
}

if (!process.send) {
    // Whatever a suite, a browser or Hush itself puts aside is gone after the run.
    process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'hush-tests-'));
    removeAtEnd(process.env['TMPDIR']);
}

const total: Count = { passed: 0, failed: 0, skipped: 0, failures: [] };
try {
    if (values.only === undefined) {
        console.log('types …');
        await run('tsc', process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root]);
    }
    if (!process.send && wanted.some((suite) => suite !== 'unit')) await prepare();
    for (const suite of wanted) {
        const started = Date.now();
        const alone = values.only !== undefined;
        if (alone) console.log(`\n=== ${suite} ===`);
        const count = await (alone ? runSuite : inOwnProcess)(suite, values.grep);
        total.passed += count.passed;
        total.failed += count.failed;
        total.skipped += count.skipped;
        total.failures.push(...count.failures);
        if (alone) console.log(`${suite}: ${((Date.now() - started) / 1_000).toFixed(0)} s`);
    }
} catch (error) {
    total.failed += 1;
    console.error(error instanceof Error ? error.message : error);
} finally {
    await shutDown();
}
const code = total.failed === 0 && total.passed > 0 ? 0 : 1;
if (process.send) process.send(total, () => process.exit(code));
else {
    if (total.failures.length > 0) console.log(`\nFailed:\n\n${total.failures.join('\n\n')}`);
    console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
    process.exit(code);
}

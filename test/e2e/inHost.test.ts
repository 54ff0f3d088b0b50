/** The suite of test/inHost, in the extension host of a real VS Code: each of its tests is one here. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Mocha, { before, describe, it } from 'mocha';
import { buildInHostSuite } from '../inHost/build.ts';
import type { InHostResult } from '../inHost/results.ts';
import { launchChromium } from '../stack/chromium.ts';
import { removeAtEnd } from '../stack/processes.ts';
import { startVsCodeServer } from '../stack/vsCodeServer.ts';
import { sharedWorld } from './support/world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/u, '');
/** ms for VS Code to start and the suite to run. */
const WITHIN = 90_000;

describe('inside the extension host', function () {
    this.timeout(WITHIN + 30_000);
    const addTest = (test: Mocha.Test): unknown => this.addTest(test);

    before(async () => {
        // Mocha runs what is added before the hook ends.
        for (const { title, error } of await runInHost())
            addTest(new Mocha.Test(title, () => assert.ok(error === undefined, error)));
    });

    it('ran its suite', function () {
        assert.ok((this.test?.parent?.tests.length ?? 0) > 20);
    });
});

async function runInHost(): Promise<readonly InHostResult[]> {
    await sharedWorld(); // has bundled Hush
    const tests = await buildInHostSuite();
    const folder = await mkdtemp(join(tmpdir(), 'hush-inhost-'));
    const remove = removeAtEnd(folder);
    const workspace = join(folder, 'workspace');
    await mkdir(workspace);
    const file = join(folder, 'results.json');
    const server = await startVsCodeServer({ development: true, env: { HUSH_IN_HOST_RESULTS: file } });
    const browser = await launchChromium();
    try {
        const page = await browser.newPage();
        const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
        await page.goto(
            server.url(workspace, [
                ['extensionDevelopmentPath', remote(root)],
                ['extensionTestsPath', remote(tests)],
            ]),
        );
        const deadline = Date.now() + WITHIN;
        for (;;) {
            const text = await readFile(file, 'utf8').catch(() => '');
            if (text !== '') return JSON.parse(text) as InHostResult[];
            assert.ok(Date.now() < deadline, 'the in-host suite did not end');
            await page.waitForTimeout(200);
        }
    } finally {
        await browser.close();
        await server.stop();
        await remove();
    }
}

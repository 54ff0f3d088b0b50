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
import { eventually } from '../stack/eventually.ts';
import { removeAtEnd } from '../stack/processes.ts';
import { startVsCodeServer } from '../stack/vsCodeServer.ts';
import { WORLD_VARIABLE } from '../inHost/world.ts';
import { startHostWorld, SUITE_FOLDER, type WindowForHost } from './support/hostWorld.ts';
import { sharedWorld } from './support/world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/u, '');
/** ms for VS Code to start and the suite to run. */
const WITHIN = 900_000;

describe('inside the extension host', function () {
    this.timeout(WITHIN + 30_000);
    const addTest = (test: Mocha.Test): unknown => this.addTest(test);

    before(async () => {
        // Mocha runs what is added before the hook ends.
        for (const { title, error } of await runInHost())
            addTest(new Mocha.Test(title, () => assert.ok(error === undefined, error)));
    });

    it('ran its suite', function () {
        assert.ok((this.test?.parent?.tests.length ?? 0) > (process.env['HUSH_IN_HOST_GREP'] === undefined ? 20 : 1));
    });
});

async function runInHost(): Promise<readonly InHostResult[]> {
    const { stack } = await sharedWorld(); // has bundled Hush
    const tests = await buildInHostSuite();
    const folder = await mkdtemp(join(tmpdir(), 'hush-inhost-'));
    const remove = removeAtEnd(folder);
    const file = join(folder, 'results.json');
    const browser = await launchChromium();
    const world = await startHostWorld(stack, (name) => openWindow(name));
    const env = { HUSH_IN_HOST_RESULTS: file, [WORLD_VARIABLE]: world.address };
    const server = await startVsCodeServer({ development: true, env });
    const openWindow = async (name: string): Promise<WindowForHost> => {
        const workspace = join(folder, name);
        await mkdir(workspace);
        const before = await server.extensionHostPids();
        const page = await browser.newPage();
        const remote = (path: string): string => `vscode-remote://127.0.0.1:${server.port}${path}`;
        await page.goto(
            server.url(workspace, [
                ['extensionDevelopmentPath', remote(root)],
                ['extensionTestsPath', remote(tests)],
            ]),
        );
        const pid = async (): Promise<number> => {
            const [mine] = (await server.extensionHostPids()).filter((one) => !before.includes(one));
            assert.ok(mine !== undefined, 'the window has no extension host');
            return mine;
        };
        return { pid, close: () => page.close() };
    };
    try {
        await openWindow(SUITE_FOLDER);
        const results = await eventually(
            async () => (await readFile(file, 'utf8').catch(() => '')) || undefined,
            async () =>
                `the end of the in-host suite; it has come to: ${await readFile(`${file}.begun`, 'utf8').catch(() => 'nothing')}`,
            WITHIN,
        );
        return JSON.parse(results) as InHostResult[];
    } finally {
        await browser.close();
        await server.stop();
        await world.stop();
        await remove();
    }
}

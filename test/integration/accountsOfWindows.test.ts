/** The list of accounts, changed by several processes at once, as windows do in which a person signs in. */
import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createProcessLock } from '../../src/extension/account/processLock.ts';
import { startChild, type Child } from './support/child.ts';
import { recordingLog } from './support/matrixAccounts.ts';

describe('accounts that several windows add in the same instant', function () {
    this.timeout(30_000);
    const children: Child[] = [];
    const start = (folder: string, prefix: string, count: number): Child => {
        const child = startChild('vaultChild.ts', folder, prefix, String(count));
        children.push(child);
        return child;
    };
    const scratch = (): Promise<string> => mkdtemp(join(tmpdir(), 'hush-vault-'));
    afterEach(() => Promise.all(children.splice(0).map((child) => child.kill())));

    it('are all in the list afterwards, but those that were signed out', async () => {
        const folder = await scratch();
        const both = [start(folder, 'a', 9), start(folder, 'b', 9)];
        await Promise.all(both.map((child) => child.until((lines) => lines.includes('ready'), 'the start')));
        for (const child of both) child.tell('go');
        await Promise.all(both.map((child) => child.until((lines) => lines.includes('done'), 'the end')));
        assert.deepEqual(
            both.flatMap(({ lines }) => lines.filter((line) => line.startsWith('warn'))),
            [],
        );
        const text = await readFile(join(folder, `${Buffer.from('accounts').toString('base64url')}.secret`), 'utf8');
        const { known } = JSON.parse(text) as { known: string[] };
        const kept = ['a', 'b'].flatMap((prefix) => [0, 1, 3, 4, 6, 7].map((n) => `@${prefix}${n}:example.org`));
        assert.deepEqual(known.toSorted(), kept.toSorted());
        await rm(folder, { recursive: true });
    });

    it('a window that is killed with the lock in its hands holds nobody up', async () => {
        const folder = await scratch();
        const path = join(folder, 'accounts.lock');
        const { log, lines } = recordingLog();
        const child = start(folder, 'a', 100_000);
        await child.until((all) => all.includes('ready'), 'the start');
        child.tell('go');
        const taken = createProcessLock({ path, log });
        await taken.hold(() => Promise.resolve()); // in between its turns
        await child.kill();
        let ran = false;
        await taken.hold(() => Promise.resolve(void (ran = true)));
        assert.ok(ran);
        assert.deepEqual(lines, []);
        await rm(folder, { recursive: true });
    });

    it('a lock that is never given back delays a sign-in, and does not prevent it', async () => {
        const folder = await scratch();
        const path = join(folder, 'accounts.lock');
        const { log, lines } = recordingLog();
        const stuck = Promise.withResolvers<void>();
        const held = Promise.withResolvers<void>();
        const holding = createProcessLock({ path, log }).hold(() => {
            held.resolve();
            return stuck.promise;
        });
        await held.promise;
        let ran = false;
        await createProcessLock({ path, log, waitMs: 50 }).hold(() => Promise.resolve(void (ran = true)));
        assert.ok(ran);
        assert.match(lines.join('\n'), /list of accounts/u);
        stuck.resolve();
        await holding;
        await rm(folder, { recursive: true });
    });
});

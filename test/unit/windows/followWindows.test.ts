import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createLog } from '../../../src/core/base/log.ts';
import type { AccountState } from '../../../src/core/account/accountState.ts';
import type { StoredAccount } from '../../../src/core/account/storedAccounts.ts';
import { followWindows, type WindowFollower } from '../../../src/extension/windows/followWindows.ts';
import { ALICE } from '../session/fixtures.ts';

const nothing = (): void => undefined;

describe('a window that follows the others', () => {
    let storage: string;
    let stored: StoredAccount | undefined;
    let state: AccountState;
    let device: { userId: string; deviceId: string } | undefined;
    let opened: number;
    let follower: WindowFollower;

    beforeEach(async () => {
        storage = await mkdtemp(join(tmpdir(), 'hush-follow-'));
        stored = {
            ...ALICE,
            baseUrl: 'https://hs',
            storageKey: Buffer.alloc(32).toString('base64'),
            accessToken: 't1',
        };
        [state, device, opened] = [{ kind: 'signedOut' }, undefined, 0];
        follower = followWindows({
            storage,
            stored: () => Promise.resolve(stored),
            state: () => state,
            device: () => device,
            open: async () => void opened++,
            log: createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing }),
        });
    });
    afterEach(async () => {
        follower.dispose();
        await rm(storage, { recursive: true });
    });

    it('opens an account that another signed in to, and leaves its own alone', async () => {
        await follower.look();
        assert.equal(opened, 1);
        [state, device] = [{ kind: 'ready', ...ALICE, online: true }, ALICE];
        await follower.look();
        assert.equal(opened, 1);
        device = { ...ALICE, deviceId: 'OTHER' };
        stored = stored && { ...stored, accessToken: 't2' };
        await follower.look();
        assert.equal(opened, 2);
    });

    it('opens a sign-in that fails once, and again only when there is a new one', async () => {
        [state, device] = [{ kind: 'failed', userId: ALICE.userId, message: 'no' }, ALICE];
        for (let n = 0; n < 3; n++) await follower.look();
        assert.equal(opened, 1);
        stored = stored && { ...stored, accessToken: 't2' };
        await follower.look();
        assert.equal(opened, 2);
    });

    it('looks again when its account has opened, if something changed meanwhile', async () => {
        state = { kind: 'starting', userId: ALICE.userId };
        await follower.look();
        assert.equal(opened, 0);
        state = { kind: 'signedOut' };
        follower.settled();
        await follower.look();
        assert.ok(opened > 0);
    });
});

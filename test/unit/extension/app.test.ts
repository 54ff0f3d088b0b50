import assert from 'node:assert/strict';
import { createApp } from '../../../src/core/app/app.ts';
import type { Account } from '../../../src/core/account/account.ts';
import { HushError } from '../../../src/core/base/errors.ts';
import { createLog } from '../../../src/core/base/log.ts';
import type { StoredAccount } from '../../../src/core/account/storedAccounts.ts';
import type { AccountState } from '../../../src/core/account/accountState.ts';
import { FakeCalls, FakeMedia, FakeRtc } from '../session/fakePorts.ts';
import { ALICE } from '../session/fixtures.ts';

const STORED: StoredAccount = {
    ...ALICE,
    baseUrl: 'https://hs',
    storageKey: Buffer.alloc(32, 1).toString('base64'),
    accessToken: 't',
};
const nothing = () => ({ dispose: () => undefined });

function fakeAccount(did: string[]): Account {
    const account: Partial<Account> = {
        ...ALICE,
        state: { kind: 'ready', ...ALICE, online: true },
        rtc: new FakeRtc(),
        calls: new FakeCalls(),
        rooms: () => [],
        onState: nothing,
        onRooms: nothing,
        onInvite: nothing,
        start: () => undefined,
        signOut: async () => void did.push('signOut'),
        stop: async () => void did.push('stop'),
    };
    return account as Account;
}

function world(openAccount: (did: string[]) => Promise<Account>) {
    const did: string[] = [];
    const app = createApp({
        media: new FakeMedia(),
        log: createLog({
            debug: () => undefined,
            info: () => undefined,
            warn: () => undefined,
            error: () => undefined,
        }),
        openAccount: () => openAccount(did),
        forgetAccount: async (scope) => void did.push(`forget ${scope ?? 'here'}`),
        notify: () => undefined,
        onTrouble: (sentence) => void did.push(`trouble ${sentence}`),
        onInvite: () => undefined,
        onRing: () => undefined,
        workspaceRoom: () => undefined,
        after: () => () => undefined,
        defer: (work) => work(),
    });
    return { app, did };
}

describe('the app', () => {
    it('signing out while the account opens waits for it, and is not undone by it', async () => {
        const gate = Promise.withResolvers<void>();
        const { app, did } = world(async (list) => {
            await gate.promise;
            return fakeAccount(list);
        });
        const opening = app.open(STORED);
        const signingOut = app.signOut();
        gate.resolve();
        await Promise.all([opening, signingOut]);
        assert.deepEqual(did, ['signOut']);
        assert.equal(app.model.account.kind, 'signedOut');
        assert.equal(app.account, undefined);
    });
    it('an account that no window holds any more is signed out from here', async () => {
        const { app, did } = world(async (list) => ({
            ...fakeAccount(list),
            signOut: () => Promise.reject(new HushError('account.leaderGone', 'gone')),
        }));
        await app.open(STORED);
        await app.signOut();
        assert.deepEqual(did, ['forget here']);
        assert.equal(app.model.account.kind, 'signedOut');
    });
    it('an account that could not be opened is signed out all the same', async () => {
        const { app, did } = world(() =>
            Promise.reject(new HushError('account.storeFailed', 'Hush could not open its key store.')),
        );
        await app.open(STORED);
        assert.deepEqual(app.model.account, {
            kind: 'failed',
            userId: ALICE.userId,
            message: 'Hush could not open its key store.',
        });
        await app.signOut();
        assert.deepEqual(did, ['forget here']);
        await app.signOut('everywhere');
        assert.deepEqual(did, ['forget here', 'forget everywhere'], 'what was asked for is not forgotten on the way');
        assert.equal(app.model.account.kind, 'signedOut');
    });
    it('opening another account stops the one before', async () => {
        const { app, did } = world(async (list) => fakeAccount(list));
        await Promise.all([app.open(STORED), app.open(STORED)]);
        assert.deepEqual(did, ['stop']);
        assert.equal(app.model.account.kind, 'ready');
        await app.close();
        assert.deepEqual(did, ['stop', 'stop']);
    });
    it('tells once why an account will stop, and again when it is another reason', async () => {
        const states: ((state: AccountState) => void)[] = [];
        const { app, did } = world(async (list) => ({
            ...fakeAccount(list),
            onState(listener) {
                states.push(listener);
                return nothing();
            },
        }));
        await app.open(STORED);
        const ready = { kind: 'ready', ...ALICE, online: true } as const;
        for (const trouble of ['locked', 'locked', undefined, 'locked', 'silent'])
            for (const listener of states) listener(trouble === undefined ? ready : { ...ready, trouble });
        assert.deepEqual(did, ['trouble locked', 'trouble locked', 'trouble silent']);
    });
});

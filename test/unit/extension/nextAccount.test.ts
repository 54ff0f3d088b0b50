import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { nextAccount, type StoredAccount } from '../../../src/core/account/storedAccounts.ts';

const before = { baseUrl: 'https://hs', userId: '@a:hs', deviceId: 'OLD', storageKey: 'old key' } as StoredAccount;
const session = (deviceId: string, userId = '@a:hs') => ({
    baseUrl: 'https://hs',
    userId,
    deviceId,
    accessToken: 'token',
    refreshToken: undefined,
    expiresAt: undefined,
});
const fresh = (): string => 'new key';

describe('what is stored after a sign-in', () => {
    it('the same device goes on with its store', () => {
        const next = nextAccount(before, session('OLD'), fresh);
        assert.equal(next.storageKey, 'old key');
        assert.equal(next.previous, undefined);
    });

    it('a new device starts a store, and the one before stays where it is', () => {
        const next = nextAccount({ ...before, deviceGone: true }, session('NEW'), fresh);
        assert.equal(next.storageKey, 'new key');
        assert.equal(next.deviceGone, undefined);
        assert.deepEqual(next.previous, [{ deviceId: 'OLD', storageKey: 'old key' }]);
        assert.equal(nextAccount(next, session('NEWER'), fresh).previous?.length, 2);
    });

    it('never reuses the store of a device that the server deleted, even under its name', () => {
        assert.equal(nextAccount({ ...before, deviceGone: true }, session('OLD'), fresh).storageKey, 'new key');
    });

    it('another person gets nothing of the one before', () => {
        const next = nextAccount(before, session('OLD', '@b:hs'), fresh);
        assert.equal(next.storageKey, 'new key');
        assert.equal(next.previous, undefined);
    });
});

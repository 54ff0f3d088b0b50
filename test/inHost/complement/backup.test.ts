/** Key backup and verification (tests/key_backup_test.go, verification_test.go). */
import assert from 'node:assert/strict';
import { it } from 'mocha';
import { until } from '../../integration/support/matrixAccounts.ts';
import { verifyWith } from '../../integration/support/verifyWith.ts';
import { eventually } from '../../stack/eventually.ts';
import { failsToRead, reads, say, trusted, type Someone } from './people.ts';
import { scenarios } from './scenarios.ts';

scenarios('key backup and verification', ({ again, person, talking }) => {
    /** Bob has read a message and has a backup with its key. */
    const backedUp = async (): Promise<{ bob: Someone; roomId: string; eventId: string; key: string }> => {
        const { alice, bob, roomId } = await talking();
        const { eventId } = await say(alice, roomId, 'backed up');
        await reads(bob, roomId, eventId, 'backed up');
        const { key } = await bob.account.trust.setUpRecovery(undefined);
        await bob.line.request(({ method, path }) => method === 'PUT' && path.includes('/room_keys/keys'));
        return { bob, roomId, eventId, key };
    };

    it('TestCanBackupKeys: the new device reads history once it has the recovery key', async () => {
        const { bob, roomId, eventId, key } = await backedUp();
        const bob2 = await again(bob);
        assert.match(await failsToRead(bob2, roomId, eventId), /before you signed in/u);
        const { roomKeys } = await bob2.account.trust.recover(key);
        assert.ok(roomKeys > 0);
        await reads(bob2, roomId, eventId, 'backed up');
    });

    it('TestBackupWrongRecoveryKeyFails: and nothing becomes readable', async () => {
        const { bob, roomId, eventId } = await backedUp();
        const other = await person('Other');
        await trusted(other);
        const { key: wrong } = await other.account.trust.setUpRecovery(undefined);
        const bob2 = await again(bob);
        await until(
            () => bob2.account.trust.own.kind === 'untrusted',
            (check) => bob2.account.trust.onOwn(check),
            'own trust',
        );
        await assert.rejects(bob2.account.trust.recover(wrong), { code: 'trust.wrongKey' });
        assert.match(await failsToRead(bob2, roomId, eventId), /before you signed in/u);
        assert.equal(bob2.account.trust.own.kind, 'untrusted');
    });

    it('TestVerificationSAS: a device of one’s own', async () => {
        const alice = await person('Alice');
        await trusted(alice);
        const alice2 = await again(alice);
        await until(
            () => alice2.account.trust.own.kind === 'untrusted',
            (check) => alice2.account.trust.onOwn(check),
            'own trust',
        );
        await verifyWith(alice2, () => alice2.account.trust.verifyOwnDevices(), alice);
        await trusted(alice2);
    });

    it('TestVerificationSAS: another person', async () => {
        const { alice, bob, roomId } = await talking();
        await verifyWith(alice, () => alice.account.trust.verifyPerson(bob.userId, roomId), bob);
        const verified = async (p: Someone, other: Someone): Promise<boolean> =>
            (await p.account.trust.person(other.userId)).verified;
        await eventually(() => verified(alice, bob), 'Bob to be verified');
        await eventually(() => verified(bob, alice), 'Alice to be verified');
    });
});

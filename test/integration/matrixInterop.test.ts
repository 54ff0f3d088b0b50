/**
 * Against matrix-js-sdk's own MatrixRTC machinery with its own key manager, which is what Element Call runs: memberships
 * and media keys in both directions.
 */
import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'mocha';
import type { MediaKey } from '../../src/core/session/rtcPort.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { isMediaKey } from './support/keyKinds.ts';
import { lastClientOf } from './support/matrixClients.ts';
import { newPerson, pair, until, untilRoom, type Person } from './support/matrixAccounts.ts';

const { MatrixRTCSessionEvent } = await import('matrix-js-sdk/lib/matrixrtc/index.js');

function identityHash({ userId, deviceId, memberId }: { userId: string; deviceId: string; memberId: string }): string {
    return createHash('sha256')
        .update(JSON.stringify([userId, deviceId, memberId]))
        .digest('base64')
        .replace(/=+$/u, '');
}

const SERVICE = 'http://127.0.0.1:9/livekit';

interface Received {
    readonly key: string;
    readonly index: number;
    readonly userId: string;
    readonly identity: string;
}

for (const mode of ['state events', 'sticky events'] as const)
    describe(`Hush and another MatrixRTC client (${mode}) in one room`, function () {
        this.timeout(90_000);
        let synapse: Synapse;
        let alice: Person;
        let other: Person;
        let roomId: string;
        const hushKeys: MediaKey[] = [];
        const otherKeys: Received[] = [];

        before(async () => {
            synapse = await startSynapse({ livekitServiceUrl: SERVICE });
            [alice, other] = await Promise.all([newPerson(synapse, 'Alice'), newPerson(synapse, 'Other')]);
            roomId = await pair(alice, other);
            alice.account.rtc.onKey((event) => {
                if (event.kind === 'key' && isMediaKey(event.key)) hushKeys.push(event.key);
            });
        });
        after(async () => {
            await Promise.all([alice, other].map((p) => p?.account.stop().catch(() => undefined)));
            await synapse?.stop();
        });

        const ownIdentity = (): string =>
            alice.account
                .rooms()
                .find((r) => r.roomId === roomId)
                ?.rtc.find((m) => m.userId === alice.userId)?.identity ?? assert.fail('not in the session');
        /** The session of the person's SDK client, used as Element Call uses it. */
        function session() {
            const sdk = lastClientOf(other.userId);
            const room = sdk.getRoom(roomId);
            assert.ok(room);
            return sdk.matrixRTC.getRoomSession(room);
        }

        it('the other client’s membership is seen as one that announces no shares', async () => {
            const transport = { type: 'livekit', livekit_service_url: SERVICE, livekit_alias: roomId };
            const own = {
                userId: other.userId,
                deviceId: other.account.deviceId,
                memberId: mode === 'sticky events' ? randomUUID() : `${other.userId}:${other.account.deviceId}`,
            };
            session().on(MatrixRTCSessionEvent.EncryptionKeyChanged, (key, index, { userId }, identity) => {
                otherKeys.push({ key: Buffer.from(key).toString('base64'), index, userId, identity });
            });
            session().joinRTCSession(own, [], transport, {
                manageMediaKeys: true,
                unstableSendStickyEvents: mode === 'sticky events',
            });
            await untilRoom(alice.account, roomId, (r) => r.rtc.length === 1, 'the other membership');
            const [member] = alice.account.rooms().find((r) => r.roomId === roomId)?.rtc ?? [];
            assert.equal(member?.client, 'other');
            // A sticky membership's identity is a hash, which the server computes from (user, device, member ID).
            if (mode === 'state events') assert.equal(member.identity, `${other.userId}:${other.account.deviceId}`);
            else assert.equal(member.identity, identityHash(own));
            assert.equal(member.serviceUrl, SERVICE);
        });

        it('it gets our key, under the identity that our frames come from', async () => {
            await alice.account.rtc.join(roomId, [{ id: '01SHARE', startedTs: 1 }]);
            await alice.account.rtc.startKeys(roomId);
            const ours = (): Received | undefined => otherKeys.find((k) => k.userId === alice.userId);
            await until(
                () => ours() !== undefined,
                (check) => {
                    session().on(MatrixRTCSessionEvent.EncryptionKeyChanged, check);
                    return { dispose: () => session().off(MatrixRTCSessionEvent.EncryptionKeyChanged, check) };
                },
                'our key',
            );
            const identity = ownIdentity();
            // It joins as the other one did, so that a client that reads one kind only sees it.
            const plain = `${alice.userId}:${alice.account.deviceId}`;
            assert.equal(identity === plain, mode === 'state events');
            const own = hushKeys.find((k) => k.identity === identity);
            assert.deepEqual(ours(), { key: own?.key, index: own?.index, userId: alice.userId, identity });
        });

        it('we get its key', async () => {
            const identity = alice.account
                .rooms()
                .find((r) => r.roomId === roomId)
                ?.rtc.find((m) => m.userId === other.userId)?.identity;
            const theirs = (): MediaKey | undefined => hushKeys.find((k) => k.identity === identity);
            await until(
                () => theirs() !== undefined,
                (check) => alice.account.rtc.onKey(check),
                'its key',
            );
            const own = otherKeys.filter((k) => k.userId === other.userId);
            assert.ok(own.some((k) => k.key === theirs()?.key && k.index === theirs()?.index));
        });

        it('it leaves and our key changes', async () => {
            const identity = ownIdentity();
            const own = (): MediaKey[] => hushKeys.filter((k) => k.identity === identity);
            const before = own().length;
            await session().leaveRoomSession(5_000);
            await until(
                () => own().length > before,
                (check) => alice.account.rtc.onKey(check),
                'a new key',
            );
            assert.notEqual(own().at(-1)?.key, own().at(0)?.key);
        });
    });

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { ShareAudience } from '../../../../src/core/trust/shareTrust.ts';
import { deviceKey } from '../../../../src/matrix/rtc/keyRing.ts';
import type { KeyReport } from '../../../../src/matrix/rtc/roomKeys.ts';
import { createShareAudiences } from '../../../../src/matrix/trust/shareAudience.ts';
import type { ShareAudiencesOptions } from '../../../../src/matrix/trust/audienceOptions.ts';
import type { ToldAudience } from '../../../../src/matrix/trust/trustMessages.ts';
import type { WithheldReason } from '../../../../src/core/trust/trustLevels.ts';

type Device = ShareAudiencesOptions['self'];
const ROOM = '!r:x';
const ME: Device = { userId: '@me:x', deviceId: 'ME' };
const BOB: Device = { userId: '@bob:x', deviceId: 'B1' };

function event<A extends unknown[]>() {
    const listeners = new Set<(...args: A) => void>();
    return {
        add(listener: (...args: A) => void) {
            listeners.add(listener);
            return { dispose: () => void listeners.delete(listener) };
        },
        fire: (...args: A) => listeners.forEach((listener) => listener(...args)),
    };
}

function world(refused: readonly Device[] = [], people: readonly string[] = [ME.userId, BOB.userId]) {
    const [report, members] = [event<[string]>(), event<[string]>()];
    const [withheld, audience] = [event<[string, Device, WithheldReason | null]>(), event<[Device, ToldAudience]>()];
    const sent: [string, WithheldReason | null][] = [];
    const state = {
        sharing: false,
        members: [{ ...BOB, createdTs: 1, shares: [] as unknown[] }],
        targets: [] as KeyReport['targets'],
        since: new Map<string, number>(),
        served: [] as { roomId: string; device: Device; since: number | undefined }[],
    };
    const nothing = { dispose: () => undefined };
    const audiences = createShareAudiences({
        self: ME,
        keys: {
            report: () =>
                state.sharing
                    ? { index: 0, createdAt: 1, targets: state.targets, since: state.since, rotations: [] }
                    : undefined,
            onReport: report.add,
            reconsider: () => undefined,
        },
        calls: { served: state.served, servedRooms: new Set(), onServed: () => nothing, expel: () => undefined },
        admission: {
            policy: 'crossSigned',
            refusal: (d: Device) => (refused.some((r) => r.deviceId === d.deviceId) ? 'notCrossSigned' : undefined),
            standing: () => undefined,
            judge: () => Promise.resolve(),
            lookAgain: () => Promise.resolve(),
            policyChanged: () => undefined,
            onChange: () => nothing,
            dispose: () => undefined,
        },
        messages: {
            sendWithheld: (_room, to, reason) => Promise.resolve(void sent.push([to.deviceId, reason])),
            onWithheld: withheld.add,
            sendAudience: () => Promise.resolve(),
            onAudience: audience.add,
        },
        members: () => state.members,
        onMembers: members.add,
        nameOf: (_room, userId) => userId,
        inRoom: (_room, userId) => people.includes(userId),
        now: () => 5,
    });
    return { audiences, state, sent, report, members, withheld, audience };
}

describe('who can see a share', () => {
    it('is who was delivered the key or has a standing connection, and nobody to whom it only should have gone', () => {
        const w = world();
        const to = (deviceId: string): Device => ({ userId: '@bob:x', deviceId });
        let audience: ShareAudience | undefined;
        w.audiences.onChange((_room, _sharer, next) => {
            audience = next;
        });
        w.state.sharing = true;
        w.state.targets = [
            { device: to('HAS'), state: 'has', failure: undefined },
            { device: to('SENDING'), state: 'sending', failure: undefined },
            { device: to('GONE'), state: 'failed', failure: 'unknownDevice' },
            { device: to('DEAF'), state: 'failed', failure: 'noSession' },
            { device: to('AWAY'), state: 'failed', failure: 'network' },
            { device: to('DIRECT'), state: 'sending', failure: undefined },
        ];
        w.state.since.set(deviceKey(to('HAS')), 3);
        w.state.served.push({ roomId: ROOM, device: to('DIRECT'), since: 4 });
        w.state.served.push({ roomId: ROOM, device: to('CONNECTING'), since: undefined });
        w.report.fire(ROOM);
        assert.deepEqual(
            audience?.holders.map(({ deviceId, way, since }) => [deviceId, way, since]),
            [
                ['DIRECT', 'direct', 4],
                ['HAS', 'key', 3],
            ],
        );
        assert.deepEqual(
            audience.pending.map(({ deviceId, problem }) => [deviceId, problem]),
            [
                ['AWAY', 'the network failed; tried again by itself'],
                ['DEAF', 'no encrypted channel to it could be made'],
                ['GONE', 'the homeserver does not list it (any more)'],
                ['SENDING', 'the key is on its way'],
            ],
        );
        w.audiences.dispose();
    });
});

describe('who is kept out of a share', () => {
    it('is not told by strangers, and what many devices say is not remembered for ever', () => {
        const w = world();
        const heard: string[] = [];
        w.audiences.onWithheld((_room, { deviceId }, reason) => heard.push(`${deviceId} ${reason}`));
        w.withheld.fire(ROOM, { userId: '@stranger:x', deviceId: 'S' }, 'notVerified');
        assert.deepEqual(heard, []);
        for (let n = 0; n < 100; n++) w.withheld.fire(ROOM, { ...BOB, deviceId: `B${n}` }, 'notVerified');
        heard.length = 0;
        w.state.members = [];
        w.members.fire(ROOM);
        assert.equal(heard.length, 64, 'the newest');
        assert.equal(heard.at(-1), 'B99 null');
        w.audiences.dispose();
    });

    it('hears once that it is over, so that the next share is not taken for closed too', () => {
        const w = world([BOB]);
        w.state.sharing = true;
        w.report.fire(ROOM);
        w.report.fire(ROOM);
        w.state.sharing = false;
        w.report.fire(ROOM);
        w.report.fire(ROOM);
        assert.deepEqual(w.sent, [
            ['B1', 'notCrossSigned'],
            ['B1', null],
        ]);
        w.audiences.dispose();
    });
    it('does not take what a sharer said for its next share, when that one did not take it back', async () => {
        const w = world();
        const reasons: (WithheldReason | null)[] = [];
        const heard: (ShareAudience | undefined)[] = [];
        w.audiences.onWithheld((_room, _from, reason) => reasons.push(reason));
        w.audiences.onChange((_room, _from, audience) => heard.push(audience));
        const bobShares = (shares: unknown[]): void => {
            w.state.members = [{ ...BOB, createdTs: 1, shares }];
            w.members.fire(ROOM);
        };
        w.withheld.fire(ROOM, BOB, 'notVerified');
        w.audience.fire(BOB, { roomId: ROOM, policy: 'verified', generation: 0, rotatedTs: 1, holders: [] });
        await turn();
        bobShares([]); // the message was faster than the membership
        assert.deepEqual(reasons, ['notVerified']);
        bobShares([{ id: 'S' }]);
        await turn();
        assert.deepEqual(reasons, ['notVerified']);
        assert.equal(heard.at(-1)?.policy, 'verified');
        bobShares([]);
        assert.deepEqual(reasons, ['notVerified', null]);
        assert.equal(heard.at(-1), undefined);
        w.audiences.dispose();
    });
});

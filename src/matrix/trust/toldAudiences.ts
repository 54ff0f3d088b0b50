/** Reports of other sharers' devices about their shares: who can see them, and that we may not. */
import { DisposableScope } from '../../core/base/disposable.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { ShareAudience } from '../../core/trust/shareTrust.ts';
import type { WithheldReason } from '../../core/trust/trustLevels.ts';
import { deviceKey } from '../rtc/keyRing.ts';
import type { Device } from '../rtc/olmMessages.ts';
import type { ShareAudiencesOptions } from './audienceOptions.ts';
import { describeDevice } from './measuredAudience.ts';
import type { ToldAudience } from './trustMessages.ts';

const MAX_TOLD_SHARERS = 64;

export interface ToldAudiences {
    readonly changed: Listeners<[roomId: string, sharer: Device, audience: ShareAudience | undefined]>;
    /** Null: the share is no longer withheld from us. */
    readonly withheld: Listeners<[roomId: string, sharer: Device, reason: WithheldReason | null]>;
    /** The trust in devices may have changed. */
    judgedAgain(): void;
    /** Forgets the reports of sharers that left or stopped. They do not apply to the next share. */
    forgetGone(roomId: string): void;
    dispose(): void;
}

export function createToldAudiences(options: ShareAudiencesOptions): ToldAudiences {
    const { self, admission, messages, members, now } = options;
    const changed: ToldAudiences['changed'] = new Listeners();
    const withheld: ToldAudiences['withheld'] = new Listeners();
    const told = new Map<string, { readonly from: Device; readonly audience: ToldAudience; readonly ts: number }>();
    /** The devices that withhold a share from us. */
    const keptBy = new Map<string, { readonly roomId: string; readonly from: Device }>();
    /** The devices whose membership named a share at the last check. */
    const sharing = new Set<string>();

    const audienceOf = (roomId: string, key: string): ShareAudience | undefined => {
        const entry = told.get(key);
        if (!entry) return undefined;
        const { from, audience, ts } = entry;
        const { policy, generation, rotatedTs, holders } = audience;
        return {
            roomId,
            policy,
            keyIndex: generation,
            rotatedTs,
            rotations: [],
            holders: holders.map((h) => ({ ...describeDevice(options, roomId, h), way: h.way, since: h.since })),
            pending: [],
            withheld: [],
            toldBy: { ...from, ts },
        };
    };
    const onWithheld = (roomId: string, from: Device, reason: WithheldReason | null): void => {
        // The sender need not be in the session, because its message may arrive before its membership.
        if (!options.inRoom(roomId, from.userId)) return;
        const key = JSON.stringify([roomId, deviceKey(from)]);
        keptBy.delete(key);
        if (reason !== null) {
            keptBy.set(key, { roomId, from });
            // Only devices that can see the share are told its audience. We no longer can.
            if (told.delete(key)) changed.emit(roomId, from, undefined);
        }
        bound(keptBy);
        withheld.emit(roomId, from, reason);
    };
    const onAudience = (from: Device, audience: ToldAudience): void => {
        const { roomId } = audience;
        if (!members(roomId).some((m) => deviceKey(m) === deviceKey(from))) return;
        const key = JSON.stringify([roomId, deviceKey(from)]);
        told.delete(key);
        told.set(key, { from, audience, ts: now() });
        bound(told);
        const people = new Set([...members(roomId).map((m) => m.userId), self.userId]);
        void admission
            .judge(audience.holders.filter((h) => people.has(h.userId)))
            .then(() => changed.emit(roomId, from, audienceOf(roomId, key)));
    };
    const scope = new DisposableScope();
    scope.add(messages.onWithheld(onWithheld));
    scope.add(messages.onAudience(onAudience));

    return {
        changed,
        withheld,
        judgedAgain() {
            for (const [key, { from, audience }] of told)
                changed.emit(audience.roomId, from, audienceOf(audience.roomId, key));
        },
        forgetGone(roomId) {
            const there = new Map(members(roomId).map((member) => [deviceKey(member), member]));
            const isOver = (key: string, from: Device): boolean => {
                const member = there.get(deviceKey(from));
                // A report may arrive before the membership with the share. So only a share that was seen before can
                // have ended.
                return !member || (member.shares.length === 0 && sharing.has(key));
            };
            for (const [key, { from, audience }] of told)
                if (audience.roomId === roomId && isOver(key, from)) {
                    told.delete(key);
                    changed.emit(roomId, from, undefined);
                }
            for (const [key, kept] of keptBy)
                if (kept.roomId === roomId && isOver(key, kept.from)) {
                    keptBy.delete(key);
                    withheld.emit(roomId, kept.from, null);
                }
            for (const key of sharing) if ((JSON.parse(key) as [string])[0] === roomId) sharing.delete(key);
            for (const [device, { shares }] of there)
                if (shares.length > 0) sharing.add(JSON.stringify([roomId, device]));
        },
        dispose() {
            scope.dispose();
            changed.clear();
            withheld.clear();
        },
    };
}

function bound(map: Map<string, unknown>): void {
    for (const oldest of map.keys()) {
        if (map.size <= MAX_TOLD_SHARERS) break;
        map.delete(oldest);
    }
}

/**
 * Who can see our shares, from the delivered keys and the working direct connections. Tells it to the devices that can
 * see them. Tells the excluded devices the reason. Also keeps the reports of other sharers' devices.
 */
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import { sameAudience, type ShareAudience } from '../../core/trust/shareTrust.ts';
import type { WithheldReason } from '../../core/trust/trustLevels.ts';
import type { Device } from '../rtc/olmMessages.ts';
import type { ShareAudiencesOptions } from './audienceOptions.ts';
import { measureAudience } from './measuredAudience.ts';
import { createToldAudiences } from './toldAudiences.ts';

export interface ShareAudiences {
    /**
     * The audience of our share (`sharer`: our device), or of another share as its device reported it, with the trust
     * as we know it.
     */
    onChange(listener: (roomId: string, sharer: Device, audience: ShareAudience | undefined) => void): Disposable;
    /** Another device withholds its share from us for this reason. Null: it no longer does. */
    onWithheld(listener: (roomId: string, sharer: Device, reason: WithheldReason | null) => void): Disposable;
    dispose(): void;
}

/** ms for collecting changes before the viewers are told. */
const TELL_AFTER_MS = 400;

export function createShareAudiences(options: ShareAudiencesOptions): ShareAudiences {
    const { self, keys, calls, admission, messages } = options;
    const told = createToldAudiences(options);
    const last = new Map<string, ShareAudience>();
    const timers = new Map<string, NodeJS.Timeout>();
    /** The last reason that each device was told, by its membership. */
    const noted = new Map<string, WithheldReason>();

    const own = (roomId: string): ShareAudience | undefined => measureAudience(options, roomId);
    const note = (roomId: string): void => {
        const ours = own(roomId) !== undefined;
        for (const member of options.members(roomId)) {
            const key = JSON.stringify([roomId, member.userId, member.deviceId, member.createdTs]);
            const reason = ours ? admission.refusal(member) : undefined;
            if (reason === 'checking' || noted.get(key) === reason) continue;
            if (reason === undefined) noted.delete(key);
            else noted.set(key, reason);
            // Also sent after the share ended: the old reason must not apply to the next share.
            void messages.sendWithheld(roomId, member, reason ?? null);
        }
    };
    const sendAudience = (roomId: string): void => {
        timers.delete(roomId);
        const audience = own(roomId);
        if (!audience) return;
        const { keyIndex: generation, rotatedTs, holders } = audience;
        void messages.sendAudience({ roomId, policy: admission.policy, generation, rotatedTs, holders }, holders);
    };
    const tell = (roomId: string): void => {
        if (!timers.has(roomId))
            timers.set(
                roomId,
                setTimeout(() => sendAudience(roomId), TELL_AFTER_MS),
            );
    };
    const changed = (roomId: string): void => {
        note(roomId);
        const audience = own(roomId);
        const before = last.get(roomId);
        if (sameAudience(before, audience)) return;
        if (audience) last.set(roomId, audience);
        else last.delete(roomId);
        if (audience && !sameAudience({ ...audience, pending: [] }, before && { ...before, pending: [] })) tell(roomId);
        told.changed.emit(roomId, self, audience);
    };
    const judgeRoom = (roomId: string): void => {
        if (calls.servedRooms.has(roomId) || keys.report(roomId))
            void admission.judge(options.members(roomId)).then(() => changed(roomId));
        else changed(roomId);
    };
    const rooms = (): Set<string> => new Set([...last.keys(), ...calls.servedRooms]);
    const scope = new DisposableScope();
    scope.add(keys.onReport(changed));
    scope.add(calls.onServed(() => rooms().forEach(judgeRoom)));
    scope.add(
        options.onMembers((roomId) => {
            judgeRoom(roomId);
            told.forgetGone(roomId);
        }),
    );
    scope.add(
        admission.onChange(() => {
            keys.reconsider();
            for (const { roomId, device } of calls.served)
                if (admission.refusal(device) !== undefined) calls.expel(roomId, device);
            rooms().forEach(changed);
            told.judgedAgain();
        }),
    );
    return {
        onChange: told.changed.add,
        onWithheld: told.withheld.add,
        dispose() {
            for (const timer of timers.values()) clearTimeout(timer);
            scope.dispose();
            told.dispose();
        },
    };
}

/**
 * Which devices our policy admits to our shares, kept true while they run: whoever was asked about once is looked at again
 * when the crypto layer reports something of its owner. A device that was not looked at yet is not admitted.
 */
import type { Disposable } from '../../core/base/disposable.ts';
import { refusalOf, type SharePolicy, type Standing } from '../../core/trust/shareTrust.ts';
import type { Log } from '../../core/base/log.ts';
import type { WithheldReason } from '../../core/trust/trustLevels.ts';
import { deviceKey } from '../rtc/keyRing.ts';
import type { Device } from '../rtc/olmMessages.ts';
import type { Standings } from './standing.ts';

export interface Admission {
    readonly policy: SharePolicy;
    /** Undefined: it may have our shares. `checking`: not looked at yet. */
    refusal(device: Device): WithheldReason | 'checking' | undefined;
    /** As last seen; undefined when its owner's list does not have it, or it was not looked at. */
    standing(device: Device): Standing | undefined;
    /** Looks at the devices that were not looked at yet. Resolves when all are known; never rejects. */
    judge(devices: readonly Device[]): Promise<void>;
    /** Looks again at the devices of this person that are known. */
    lookAgain(userId: string): Promise<void>;
    /** The setting changed. */
    policyChanged(): void;
    /** Some device is admitted, refused or named otherwise than before. */
    onChange(listener: () => void): Disposable;
    dispose(): void;
}
export interface AdmissionOptions {
    readonly policy: () => SharePolicy;
    readonly standings: Standings;
    readonly trackDevices: (userIds: readonly string[]) => Promise<void>;
    readonly log: Log;
}

/** Devices beyond which those are forgotten that nobody lists. */
const MAX_KNOWN = 1_000;

export function createAdmission({ policy, standings, trackDevices, log }: AdmissionOptions): Admission {
    const known = new Map<string, { readonly device: Device; readonly standing: Standing | undefined }>();
    const listeners = new Set<() => void>();
    /** Looks at one person's devices happen in order: an older answer must not overwrite a newer one. */
    let turn: Promise<unknown> = Promise.resolve();

    /** What nobody lists is not remembered for ever: a peer may name as many devices as it likes. */
    const forgetUnlisted = (): void => {
        if (known.size <= MAX_KNOWN) return;
        for (const [key, { standing }] of known) if (standing === undefined) known.delete(key);
    };
    const look = async (devices: readonly Device[]): Promise<boolean> => {
        let changed = false;
        for (const device of devices) {
            const standing = await standings.read(device);
            const key = deviceKey(device);
            const before = known.get(key);
            known.set(key, { device, standing });
            forgetUnlisted();
            if (before && JSON.stringify(before.standing) === JSON.stringify(standing)) continue;
            changed = true;
            if (before && refusalOf(policy(), before.standing) !== refusalOf(policy(), standing))
                log.info(
                    `${device.userId} ${device.deviceId} is now ${refusalOf(policy(), standing) ?? 'admitted'} (was ${refusalOf(policy(), before.standing) ?? 'admitted'})`,
                );
        }
        return changed;
    };
    const inTurn = (work: () => Promise<boolean>): Promise<void> => {
        const result = turn.then(work).then(
            (changed) => {
                if (changed) for (const listener of listeners) listener();
            },
            (error: unknown) => log.warn('Devices could not be looked at', error),
        );
        turn = result;
        return result;
    };
    const again = async (users: readonly string[]): Promise<void> => {
        const affected = [...known.values()].map(({ device }) => device).filter((d) => users.includes(d.userId));
        if (affected.length > 0) await inTurn(() => look(affected));
    };
    const subscription = standings.onChange((users) => void again(users));

    return {
        get policy() {
            return policy();
        },
        refusal(device) {
            const entry = known.get(deviceKey(device));
            return entry ? refusalOf(policy(), entry.standing) : 'checking';
        },
        standing: (device) => known.get(deviceKey(device))?.standing,
        async judge(devices) {
            const unknown = devices.filter((d) => known.get(deviceKey(d))?.standing === undefined);
            if (unknown.length === 0) return;
            await trackDevices([...new Set(unknown.map((d) => d.userId))]).catch((error: unknown) =>
                log.warn('Looking up devices did not work', error),
            );
            await inTurn(() => look(unknown));
        },
        lookAgain: (userId) => again([userId]),
        policyChanged() {
            for (const listener of listeners) listener();
        },
        onChange(listener) {
            listeners.add(listener);
            return {
                dispose: () => {
                    listeners.delete(listener);
                },
            };
        },
        dispose() {
            subscription.dispose();
            listeners.clear();
        },
    };
}

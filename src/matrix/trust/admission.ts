/**
 * Decides which devices may have our shares by our policy. Keeps this up to date during a share: when the crypto layer
 * reports a change for a person, all their devices that were checked before are checked again. A device that was not
 * checked yet is not admitted.
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
    /** Undefined: it may have our shares. `checking`: it was not checked yet. */
    refusal(device: Device): WithheldReason | 'checking' | undefined;
    /** The latest result. Undefined: the device is not on its owner's list, or it was not checked. */
    standing(device: Device): Standing | undefined;
    /** Checks the devices without a result. Resolves when all are checked. Never rejects. */
    judge(devices: readonly Device[]): Promise<void>;
    /** Checks this person's known devices again. */
    lookAgain(userId: string): Promise<void>;
    /** The setting changed. */
    policyChanged(): void;
    /** A device was admitted, refused, or described differently. */
    onChange(listener: () => void): Disposable;
    dispose(): void;
}
export interface AdmissionOptions {
    readonly policy: () => SharePolicy;
    readonly standings: Standings;
    readonly trackDevices: (userIds: readonly string[]) => Promise<void>;
    readonly log: Log;
}

/** Above this number, devices that are on no owner's list are forgotten. */
const MAX_KNOWN = 1_000;

export function createAdmission({ policy, standings, trackDevices, log }: AdmissionOptions): Admission {
    const known = new Map<string, { readonly device: Device; readonly standing: Standing | undefined }>();
    const listeners = new Set<() => void>();
    /** Checks run one after another: an older answer must not overwrite a newer one. */
    let turn: Promise<unknown> = Promise.resolve();

    /** Unlisted devices are forgotten, because a peer may name as many as it likes. */
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

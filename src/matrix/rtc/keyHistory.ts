/**
 * The history of our media key in one room: since when each device has it, and every rotation with its reason. Pure.
 */
import type { KeyRing } from './keyRing.ts';
import type { Rotation } from '../../core/trust/shareTrust.ts';

const MAX_ROTATIONS = 20;

export interface KeyHistory {
    /** ms since the epoch, by device key. The device has been able to decrypt since then, through every rotation. */
    readonly since: ReadonlyMap<string, number>;
    /** Newest first. */
    readonly rotations: readonly Rotation[];
}

export const emptyHistory: KeyHistory = { since: new Map(), rotations: [] };

/** Adds one step of the key ring to the history. `now` in ms since the epoch. */
export function recordStep(history: KeyHistory, before: KeyRing, after: KeyRing, now: number): KeyHistory {
    if (!after.own) return history.rotations.length === 0 ? history : emptyHistory;
    if (before.own === after.own) return history;
    const { own } = after;
    const since = new Map(
        [...history.since].filter(([device]) => own.targets.has(device)), // a refused device starts again
    );
    for (const [device, { state }] of own.targets) if (state === 'has' && !since.has(device)) since.set(device, now);
    if (before.own?.key === own.key) return { ...history, since };
    const rotation = { index: own.index, ts: own.createdAt, why: whyRotated(before, after) };
    return { since, rotations: [rotation, ...history.rotations].slice(0, MAX_ROTATIONS) };
}

function whyRotated(before: KeyRing, after: KeyRing): string {
    if (!before.own) return 'sharing started';
    const lost = [...before.own.targets.keys()].filter((device) => !after.own?.targets.has(device));
    const refused = lost.filter((device) => after.members.has(device));
    if (refused.length > 0) return `${names(refused)} is not trusted any more`;
    if (lost.length > 0) return `${names(lost)} left`;
    const joined = [...(after.own?.targets.keys() ?? [])].filter((device) => !before.own?.targets.has(device));
    return joined.length > 0 ? `${names(joined)} joined` : 'somebody joined again';
}

/** User and device IDs of device keys (keyRing.ts), for a person. */
function names(devices: readonly string[]): string {
    return devices.map((device) => (JSON.parse(device) as [string, string]).join(' ')).join(', ');
}

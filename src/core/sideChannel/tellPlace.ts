/** Decides when our place is told: only what has changed, at most ten times a second. Pure except for its own memory. */
import type { After } from '../base/timer.ts';
import type { Place } from './sideMessages.ts';

/** ms between two messages. */
const TELL_MS = 100;

export const placeLevels = ['everything', 'file', 'nothing'] as const;
export type PlaceLevel = (typeof placeLevels)[number];

/** What of a place is told. */
export function toTell(place: Place | null, level: PlaceLevel): Place | null {
    if (place === null || level === 'nothing') return null;
    if (level === 'everything') return place;
    const { path, commit, changed, unsaved } = place;
    return { path, commit, changed, unsaved };
}

export interface PlaceTeller {
    update(place: Place | null): void;
    /** Tells it also if it was told before, because somebody has come who has not heard it. */
    again(place: Place | null): void;
    dispose(): void;
}

/** `tell` gets the last update even if others were left out before it. */
export function createPlaceTeller(after: After, tell: (place: Place | null) => void): PlaceTeller {
    let wanted: Place | null = null;
    /** As JSON. Undefined: it must be told, whatever it is. */
    let told: string | undefined = 'null';
    let stop: (() => void) | undefined;
    const look = (): void => {
        const next = JSON.stringify(wanted);
        if (stop || next === told) return;
        told = next;
        stop = after(TELL_MS, () => {
            stop = undefined;
            look();
        });
        tell(wanted);
    };
    return {
        update(place) {
            wanted = place;
            look();
        },
        again(place) {
            wanted = place;
            told = undefined;
            look();
        },
        dispose: () => stop?.(),
    };
}

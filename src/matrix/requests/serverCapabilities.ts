/**
 * The homeserver's capabilities (client-server API, "Capabilities negotiation"). They are requested once and kept for a
 * while. Pure.
 */
import * as v from 'valibot';
import { fieldsOf } from '../../core/base/lenient.ts';

interface RoomVersionOffer {
    readonly version: string;
    readonly stable: boolean;
}
export interface Capabilities {
    /** The version of rooms that are created without a version. */
    readonly defaultRoomVersion: string;
    readonly roomVersions: readonly RoomVersionOffer[];
    /**
     * Whether `m.change_password` and similar capabilities are on. True if the server does not say (as in the
     * specification).
     */
    enabled(name: string): boolean;
}
export interface CapabilitiesSource {
    /** Rejects as `ask` does. The next call then asks again. */
    get(): Promise<Capabilities>;
}

/** ms that an answer is kept. Administrators rarely change it without a new release. */
const KEPT_MS = 3_600_000;

const roomVersions = v.looseObject({
    default: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
    available: v.fallback(fieldsOf(v.string()), {}),
});
const switchable = v.looseObject({ enabled: v.boolean() });

/** `answer`: the server's `capabilities` object. A field of a wrong type counts as absent. */
export function parseCapabilities(answer: unknown): Capabilities {
    const named = typeof answer === 'object' && answer !== null ? new Map(Object.entries(answer)) : new Map();
    const parsed = v.safeParse(roomVersions, named.get('m.room_versions'));
    // "If not present, clients should assume that the server supports only version 1."
    const { default: chosen, available } = parsed.success
        ? parsed.output
        : { default: '1', available: { 1: 'stable' } };
    return {
        defaultRoomVersion: chosen,
        roomVersions: Object.entries(available).map(([version, how]) => ({ version, stable: how === 'stable' })),
        enabled(name) {
            const said = v.safeParse(switchable, named.get(name));
            return !said.success || said.output.enabled;
        },
    };
}

/** `ask` requests the `capabilities` object. `now` is in ms. */
export function createCapabilities(ask: () => Promise<unknown>, now: () => number): CapabilitiesSource {
    let kept: { readonly at: number; readonly answer: Promise<Capabilities> } | undefined;
    return {
        get() {
            if (kept && now() - kept.at < KEPT_MS) return kept.answer;
            const asked = { at: now(), answer: ask().then(parseCapabilities) };
            kept = asked;
            asked.answer.catch(() => {
                if (kept === asked) kept = undefined;
            });
            return asked.answer;
        },
    };
}

/**
 * Which transport carries our share, and its way to another one. A share of which the person chose the transport stays
 * `steady`.
 * ```
 * undecided --grant, or none--> steady --a reason to move--> moving --all moved, or time--> steady
 *                                                               \--failure--> steady, as before
 * ```
 */
import type { Transport } from '../share/share.ts';
import type { Need } from './topology.ts';

export type Course =
    /** It is not known yet whether the room has an SFU. */
    { readonly kind: 'undecided' } | Steady | Move;

interface Steady {
    readonly kind: 'steady';
    readonly transport: Transport;
    /** The share waits until it may safely move there. */
    readonly calm: { readonly to: Transport; readonly wait: number } | undefined;
}

/**
 * Both transports carry the picture from `announcing` on, so that nobody is without it:
 * ```
 * granting --grant--> keying --keys--> publishing --published--> announcing --announced--> settling --all moved, or time--> over
 *    (a transport without a grant or a key leaves these stages out; a failure before `settling` leaves all as it was)
 * ```
 */
export interface Move {
    readonly kind: 'moving';
    readonly from: Transport;
    readonly to: Transport;
    readonly stage: 'granting' | 'keying' | 'publishing' | 'announcing' | 'settling';
    /** Names the wait after which the old transport is closed. */
    readonly wait: number;
    readonly need: Need | undefined;
}

export const steady = (transport: Transport): Steady => ({ kind: 'steady', transport, calm: undefined });

export const undecided: Course = { kind: 'undecided' };

export function isAnnounced(move: Move): boolean {
    return move.stage === 'announcing' || move.stage === 'settling';
}

/** The transport that our membership names. Undefined until it is known. */
export function transportOf(course: Course): Transport | undefined {
    switch (course.kind) {
        case 'undecided':
            return undefined;
        case 'steady':
            return course.transport;
        case 'moving':
            return isAnnounced(course) ? course.to : course.from;
    }
}

/** Every transport that holds something of the share. */
export function transportsOf(course: Course): readonly Transport[] {
    switch (course.kind) {
        case 'undecided':
            return [];
        case 'steady':
            return [course.transport];
        case 'moving':
            return [course.from, course.to];
    }
}

export function moveOf(course: Course): Move | undefined {
    return course.kind === 'moving' ? course : undefined;
}

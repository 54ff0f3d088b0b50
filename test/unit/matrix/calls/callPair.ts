/** A sharer's device and a viewer's, each with its call machine, and a viewer that has just asked for the share. */
import type { CallsEffect } from '../../../../src/matrix/calls/callState.ts';
import type { CallEvent, IceCandidate } from '../../../../src/matrix/calls/callEvents.ts';
import { ROOM, World } from './world.ts';

export const candidate: IceCandidate = {
    candidate: 'candidate:1',
    sdpMid: '0',
    sdpMLineIndex: 0,
    usernameFragment: null,
};
export const [sharer, viewer] = [0, 1];

/** An invitation to see the sharer's screen. */
export const invite = {
    kind: 'invite',
    callId: 'c',
    leg: 'share0',
    lifetime: 60_000,
    invitee: undefined,
    device: undefined,
    sdp: 'v=0',
    streams: {},
} as const;

export function asking(): World {
    const world = new World(['alice', 'bob']);
    world.share(sharer);
    world.watch(viewer, sharer);
    return world;
}

/** What a device does about an event of the other. */
export function received(world: World, to: number, event: CallEvent): readonly CallsEffect[] {
    return world.do(to, { type: 'received', roomId: ROOM, from: world.self(1 - to), event, ageMs: 0 });
}

/** ID of the call that the viewer has. */
export function callId(world: World): string {
    return [...world.state(viewer).calls.keys()][0] ?? '';
}

/** Names of what is sent, of what a page is told, and of all else. */
export function kinds(effects: readonly CallsEffect[]): string[] {
    return effects.flatMap((e) => (e.type === 'send' ? [e.event.kind] : e.type === 'page' ? [e.order.type] : [e.type]));
}

/**
 * Pointers and drawings of one share in a page: what the side channel says of them, what this person adds, and the layer
 * that shows all.
 */
import {
    apply,
    deviceKey,
    expire,
    mayDraw,
    nothingDrawn,
    without,
    type Drawn,
    type PicturePoint,
    type Rules,
    type Speaker,
} from '../../core/sideChannel/drawn.ts';
import type { SideMessage } from '../../core/sideChannel/sideMessages.ts';
import type { SideChannel } from '../sideChannel/sideChannel.ts';
import { penParts } from './penParts.ts';
import { createDrawnLayer, type DrawnLayer, type NameOf } from './drawnLayer.ts';

export interface Pointing {
    readonly layer: DrawnLayer;
    /** Another layer that shows the same. */
    addLayer(): { readonly layer: DrawnLayer; remove(): void };
    /** What this person does is shown at once, and sent. */
    say(message: SideMessage): void;
    /** The pointer of this person, at most 60 times a second. Null: it is gone. */
    point(at: PicturePoint | null): void;
    /** Removes the newest drawing of this person. */
    undo(): void;
    readonly rules: Rules;
    /** Why this person cannot point now. Undefined: they can. */
    readonly obstacle: Obstacle | undefined;
    /** The sharer has changed who may point. */
    onRules(listener: () => void): void;
    /** Somebody else points or draws. */
    onOthers(listener: (name: string) => void): void;
}

/** `alone`: the sharer's program has no side channel, or its connection is not up yet. */
export type Obstacle = 'alone' | 'off' | 'silenced';

/** Between two positions of a pointer, in ms. */
const POINT_MS = 1_000 / 60;
/** A pointer that rests says so, before others think that it is gone. */
const REST_MS = 2_000;
const EXPIRE_MS = 500;

export function createPointing(side: SideChannel, now: () => number): Pointing {
    const names = new Map<string, { readonly userId: string; readonly name: string }>();
    const listeners: ((name: string) => void)[] = [];
    const ruled: (() => void)[] = [];
    let drawn: Drawn = nothingDrawn;
    const self = (): Speaker | undefined => {
        const { place } = side;
        return place && { device: deviceKey(place.self), isSharer: deviceKey(place.self) === deviceKey(place.sharer) };
    };
    const nameOf: NameOf = (device) =>
        names.get(device) ?? { userId: side.place?.self.userId ?? '', name: 'You', own: true };
    const layer = createDrawnLayer(nameOf);
    const layers = new Set([layer]);
    const set = (next: Drawn): void => {
        if (next === drawn) return;
        drawn = next;
        for (const each of layers) each.show(drawn);
    };
    const say = (message: SideMessage): void => {
        const from = self();
        if (!from) return;
        const next = apply(drawn, from, message, now());
        // What the rules forbid is not sent either. Others may have drawings of ours that this page does not know.
        if (next === drawn && message.type !== 'rules' && message.type !== 'erase') return;
        set(next);
        side.send(message);
    };
    const pointer = createPointer(say, now);

    side.onMessage((from, message) => {
        const device = deviceKey(from);
        names.set(device, from);
        const sharer = side.place && deviceKey(side.place.sharer);
        const before = drawn;
        set(apply(drawn, { device, isSharer: device === sharer }, message, now()));
        if (drawn.rules !== before.rules) for (const listener of ruled) listener();
        const draws = message.type === 'drawing' || (message.type === 'pointer' && message.at !== null);
        if (draws && drawn !== before) for (const listener of listeners) listener(from.name);
    });
    side.onLeft((device) => set(without(drawn, deviceKey(device))));
    // Who comes later sees what stays, and hears the rules.
    side.onJoined(() => {
        const from = self();
        if (!from) return;
        if (from.isSharer) side.send(rulesMessage(drawn.rules));
        for (const { id, shape, pinned, by } of drawn.drawings)
            if (pinned && by === from.device)
                for (const part of shape.kind === 'pen' ? penParts(shape.points, 0) : [shape])
                    side.send({ type: 'drawing', id, shape: part, pinned });
    });
    setInterval(() => {
        pointer.rest();
        set(expire(drawn, now()));
    }, EXPIRE_MS);

    return {
        layer,
        addLayer() {
            const added = createDrawnLayer(nameOf);
            layers.add(added);
            added.show(drawn);
            return { layer: added, remove: () => void layers.delete(added) };
        },
        say,
        point: pointer.move,
        undo() {
            const from = self();
            const newest = drawn.drawings.findLast(({ by }) => by === from?.device);
            if (newest) say({ type: 'erase', ids: [newest.id] });
        },
        get rules() {
            return drawn.rules;
        },
        get obstacle() {
            const from = self();
            const sharer = side.place && deviceKey(side.place.sharer);
            if (!from) return 'alone';
            if (!from.isSharer && !side.devices.some((device) => deviceKey(device) === sharer)) return 'alone';
            if (mayDraw(drawn.rules, from)) return undefined;
            return drawn.rules.drawing ? 'silenced' : 'off';
        },
        onRules: (listener) => void ruled.push(listener),
        onOthers: (listener) => void listeners.push(listener),
    };
}

export function rulesMessage({ drawing, silenced }: Rules): SideMessage {
    const devices = [...silenced].map((device) => JSON.parse(device) as [string, string]);
    return {
        type: 'rules',
        drawing,
        silenced: devices.map(([userId, deviceId]) => ({ userId, deviceId })),
    };
}

/** Sends the newest position, not more often than others can see. */
function createPointer(say: (message: SideMessage) => void, now: () => number) {
    let last: PicturePoint | null = null;
    let sentAt = -Infinity;
    let due: ReturnType<typeof setTimeout> | undefined;
    const send = (): void => {
        due = undefined;
        sentAt = now();
        say({ type: 'pointer', at: last });
    };
    return {
        move(at: PicturePoint | null): void {
            if (at === null && last === null) return;
            last = at;
            if (at === null) {
                clearTimeout(due);
                send();
            } else due ??= setTimeout(send, Math.max(0, POINT_MS - (now() - sentAt)));
        },
        rest(): void {
            if (last !== null && now() - sentAt >= REST_MS) send();
        },
    };
}

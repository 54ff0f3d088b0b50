/** What people point at and draw on one shared picture: how it changes with their messages, and with time. Pure. */
import type { SideMessage } from './sideMessages.ts';

type DrawingMessage = Extract<SideMessage, { type: 'drawing' }>;
export type DrawingShape = DrawingMessage['shape'];
/** 0 is the left or upper edge of the picture, 1 the right or lower one. */
export type PicturePoint = NonNullable<Extract<SideMessage, { type: 'pointer' }>['at']>;

/** ms that a drawing stays after its last stroke, unless it is pinned. */
export const DRAWING_STAYS_MS = 8_000;
/** ms without a word after which a pointer is gone. A pointer that rests says so again before. */
export const POINTER_STAYS_MS = 4_000;
const MAX_DRAWINGS = 200;
const MAX_STROKE_POINTS = 4_000;
const MAX_POINTS_OF_DEVICE = 20_000;

export interface Drawing extends Omit<DrawingMessage, 'type'> {
    /** The device, as a key (deviceKey). */
    readonly by: string;
    /** ms, of its last change. */
    readonly changedAt: number;
}

export interface Rules {
    /** Whether viewers may point and draw. */
    readonly drawing: boolean;
    /** Keys of devices that may not. */
    readonly silenced: ReadonlySet<string>;
}

export interface Drawn {
    /** By the device's key. */
    readonly pointers: ReadonlyMap<string, { readonly at: PicturePoint; readonly heardAt: number }>;
    /** Oldest first. */
    readonly drawings: readonly Drawing[];
    readonly rules: Rules;
}

export interface Speaker {
    readonly device: string;
    readonly isSharer: boolean;
}

export const nothingDrawn: Drawn = { pointers: new Map(), drawings: [], rules: { drawing: true, silenced: new Set() } };

export function deviceKey({ userId, deviceId }: { readonly userId: string; readonly deviceId: string }): string {
    return JSON.stringify([userId, deviceId]);
}

export function mayDraw({ drawing, silenced }: Rules, { device, isSharer }: Speaker): boolean {
    return isSharer || (drawing && !silenced.has(device));
}

/** `at`: ms. Returns the same object if nothing changes. */
export function apply(drawn: Drawn, from: Speaker, message: SideMessage, at: number): Drawn {
    switch (message.type) {
        case 'pointer':
            return mayDraw(drawn.rules, from) ? pointed(drawn, from.device, message.at, at) : drawn;
        case 'drawing':
            return mayDraw(drawn.rules, from) ? drew(drawn, from.device, message, at) : drawn;
        case 'erase':
            return erased(drawn, from, message.ids);
        case 'rules':
            return from.isSharer ? ruled(drawn, message) : drawn;
        default:
            return drawn;
    }
}

/** Removes what has been there long enough. Returns the same object if nothing is to go. */
export function expire(drawn: Drawn, at: number): Drawn {
    const drawings = drawn.drawings.filter(({ pinned, changedAt }) => pinned || at - changedAt < DRAWING_STAYS_MS);
    const pointers = [...drawn.pointers].filter(([, { heardAt }]) => at - heardAt < POINTER_STAYS_MS);
    if (drawings.length === drawn.drawings.length && pointers.length === drawn.pointers.size) return drawn;
    return { ...drawn, drawings, pointers: new Map(pointers) };
}

/** Removes all of a device that has left. */
export function without(drawn: Drawn, device: string): Drawn {
    const pointers = new Map(drawn.pointers);
    pointers.delete(device);
    return { ...drawn, pointers, drawings: drawn.drawings.filter(({ by }) => by !== device) };
}

function pointed(drawn: Drawn, device: string, to: PicturePoint | null, at: number): Drawn {
    const pointers = new Map(drawn.pointers);
    if (to) pointers.set(device, { at: to, heardAt: at });
    else if (!pointers.delete(device)) return drawn;
    return { ...drawn, pointers };
}

function drew(drawn: Drawn, by: string, { id, shape, pinned }: DrawingMessage, at: number): Drawn {
    const before = drawn.drawings.find((drawing) => drawing.by === by && drawing.id === id);
    const next = { id, shape: before ? continued(before.shape, shape) : shape, pinned, by, changedAt: at };
    const others = drawn.drawings.filter((drawing) => drawing !== before);
    const own = others.filter((drawing) => drawing.by === by);
    const dropped = new Set(tooMany(own, pointsIn(next.shape)));
    return { ...drawn, drawings: [...others.filter((drawing) => !dropped.has(drawing)), next] };
}

/** The oldest drawings of a device that must go, so that one more fits. */
function tooMany(own: readonly Drawing[], added: number): Drawing[] {
    let points = own.reduce((sum, { shape }) => sum + pointsIn(shape), added);
    let count = own.length + 1;
    return own.filter(({ shape }) => {
        if (count <= MAX_DRAWINGS && points <= MAX_POINTS_OF_DEVICE) return false;
        count--;
        points -= pointsIn(shape);
        return true;
    });
}

function pointsIn(shape: DrawingShape): number {
    return shape.kind === 'pen' ? shape.points.length : 2;
}

/** A stroke goes on. Any other shape is replaced. */
function continued(before: DrawingShape, next: DrawingShape): DrawingShape {
    if (before.kind !== 'pen' || next.kind !== 'pen') return next;
    const points = [...before.points.slice(0, next.from), ...next.points].slice(0, MAX_STROKE_POINTS);
    return { kind: 'pen', from: 0, points };
}

function erased(drawn: Drawn, { device, isSharer }: Speaker, ids: readonly string[] | undefined): Drawn {
    const goes = ({ by, id }: Drawing): boolean =>
        ids ? by === device && ids.includes(id) : isSharer || by === device;
    const drawings = drawn.drawings.filter((drawing) => !goes(drawing));
    return drawings.length === drawn.drawings.length ? drawn : { ...drawn, drawings };
}

function ruled(drawn: Drawn, { drawing, silenced }: Extract<SideMessage, { type: 'rules' }>): Drawn {
    const rules: Rules = { drawing, silenced: new Set(silenced.map(deviceKey)) };
    const stays = (device: string): boolean => drawing && !rules.silenced.has(device);
    return {
        rules,
        pointers: new Map([...drawn.pointers].filter(([device]) => stays(device))),
        drawings: drawn.drawings.filter(({ by }) => stays(by)),
    };
}

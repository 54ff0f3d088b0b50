/** Several devices with the real call machine, a page that makes descriptions at once, and a network that is not kind. */
import { nextDeadline, reduceCalls } from '../../../../src/matrix/calls/callMachine.ts';
import {
    emptyCalls,
    type CallsEffect,
    type CallsEvent,
    type CallsState,
    type Device,
} from '../../../../src/matrix/calls/callState.ts';
import type { CallEvent } from '../../../../src/matrix/calls/callEvents.ts';

export const ROOM = '!room:hs';
type Unstamped = CallsEvent extends infer T ? (T extends { now: number } ? Omit<T, 'now'> : never) : never;
interface Mail {
    readonly to: number;
    readonly deliver: Unstamped;
}
export interface Fate {
    /** Which of the waiting mails is next, 0..1. */
    readonly pick: number;
    readonly fate: 'deliver' | 'twice' | 'lose';
}

/** Device i shares `share<i>`; `watches` are pairs [viewer, sharer]. */
export class World {
    now = 1_000;
    readonly devices: { readonly self: Device; state: CallsState }[];
    readonly mail: Mail[] = [];
    /** Open connections of each device's pages. */
    readonly pages: Set<string>[];
    readonly live = new Set<string>();
    readonly invites: string[] = [];
    #ulid = 0;

    constructor(users: readonly string[]) {
        this.devices = users.map((user, i) => ({
            self: { userId: `@${user}:hs`, deviceId: `DEV${i}` },
            state: emptyCalls({ userId: `@${user}:hs`, deviceId: `DEV${i}` }),
        }));
        this.pages = users.map(() => new Set());
    }

    self(i: number): Device {
        return this.devices[i]!.self;
    }
    state(i: number): CallsState {
        return this.devices[i]!.state;
    }
    share(i: number): void {
        this.do(i, {
            type: 'publish',
            roomId: ROOM,
            shareId: `share${i}`,
            page: { pageId: `share${i}`, generation: 1 },
        });
    }
    /** Another window of the device's person goes on with the account: it knows of nothing, and the pages stay. */
    takeOver(i: number): readonly CallsEffect[] {
        this.devices[i]!.state = emptyCalls(this.self(i));
        const effects = this.do(i, { type: 'adopt', roomId: ROOM, page: { pageId: `share${i}`, generation: 1 } });
        this.share(i);
        return effects;
    }
    watch(viewer: number, sharer: number): void {
        this.do(viewer, {
            type: 'watch',
            roomId: ROOM,
            shareId: `share${sharer}`,
            peer: this.self(sharer),
            page: { pageId: `view${viewer}of${sharer}`, generation: 1 },
        });
    }

    do(i: number, event: Unstamped): readonly CallsEffect[] {
        const device = this.devices[i]!;
        const step = reduceCalls(device.state, { ...event, now: this.now });
        device.state = step.state;
        for (const effect of step.effects) this.#run(i, effect);
        return step.effects;
    }

    #run(i: number, effect: CallsEffect): void {
        if (effect.type === 'send') {
            if (effect.event.kind === 'invite') this.invites.push(effect.event.callId);
            this.devices.forEach((_, to) => {
                if (to !== i) this.mail.push({ to, deliver: this.#received(i, effect.event) });
            });
        } else if (effect.type === 'ask') {
            const to = this.devices.findIndex((d) => d.self.deviceId === effect.to.deviceId);
            this.mail.push({
                to,
                deliver: {
                    type: 'asked',
                    roomId: effect.roomId,
                    shareId: effect.shareId,
                    from: this.self(i),
                    callId: effect.callId,
                    ulid: `U${String(++this.#ulid).padStart(6, '0')}`,
                },
            });
        } else if (effect.type === 'page') this.#page(i, effect.order);
    }

    #received(from: number, event: CallEvent): Unstamped {
        return { type: 'received', roomId: ROOM, from: this.self(from), event, ageMs: 0 };
    }

    #page(i: number, order: Extract<CallsEffect, { type: 'page' }>['order']): void {
        if (order.type === 'mesh.reset') {
            const connections = [...this.pages[i]!];
            this.pages[i]!.clear();
            for (const connection of connections) this.live.delete(connection);
            this.do(i, { type: 'dropped', roomId: ROOM, connections });
            return;
        }
        const { connection } = order;
        const say = (kind: 'offer' | 'answer'): void =>
            void this.do(i, { type: 'description', connection, kind, sdp: 'v=0', streams: {} });
        if (order.type === 'mesh.open') {
            this.pages[i]!.add(connection);
            if (order.offer) say('offer');
        } else if (order.type === 'mesh.restart') say('offer');
        else if (order.type === 'mesh.close') {
            this.pages[i]!.delete(connection);
            this.live.delete(connection);
        } else if (order.type === 'mesh.description' && order.kind === 'offer') say('answer');
        else if (order.type === 'mesh.description') this.#connect(connection);
    }

    /** The sharer's page has the answer: media flows if the viewer's page still holds the other end. */
    #connect(connection: string): void {
        const ends = this.pages.flatMap((page, i) => (page.has(connection) ? [i] : []));
        if (ends.length < 2) return;
        this.live.add(connection);
        for (const i of ends) this.do(i, { type: 'connection', connection, state: 'connected' });
    }

    /** Delivers one waiting mail. */
    step({ pick, fate }: Fate): void {
        const at = Math.min(this.mail.length - 1, Math.floor(pick * this.mail.length));
        const [mail] = this.mail.splice(at, 1);
        if (!mail || fate === 'lose') return;
        this.do(mail.to, mail.deliver);
        if (fate === 'twice') this.mail.push(mail);
    }

    /** Delivers everything in order and lets time pass until nothing is due within `ms`. */
    settle(ms = 300_000): void {
        for (const end = this.now + ms; ;) {
            while (this.mail.length > 0) this.step({ pick: 0, fate: 'deliver' });
            const due = Math.min(...this.devices.map((d) => nextDeadline(d.state) ?? Infinity));
            if (due > end) return;
            this.now = Math.max(due, this.now + 1);
            this.devices.forEach((_, i) => this.do(i, { type: 'time' }));
        }
    }

    /** Whether viewer sees sharer's screen: a live connection that both ends count as theirs. */
    sees(viewer: number, sharer: number): boolean {
        const leg = `share${sharer}`;
        return [...this.state(viewer).calls.values()].some(
            (call) =>
                call.connections.get(leg)?.role === 'receive' &&
                this.live.has(`${call.id}/${leg}`) &&
                this.state(sharer).calls.get(call.id)?.connections.get(leg)?.role === 'send',
        );
    }

    /** IDs of calls between two devices, as device a has them. */
    callsBetween(a: number, b: number): string[] {
        return [...this.state(a).calls.values()]
            .filter((c) => c.peer.deviceId === this.self(b).deviceId)
            .map((c) => c.id)
            .toSorted();
    }
}

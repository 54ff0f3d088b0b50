/** The side channels of this window's pages, and what their devices have told. */
import type { Model } from '../../core/app/model.ts';
import type { HostMessage } from '../../core/share/mediaMessages.ts';
import { deviceKey, memberOf } from '../../core/session/sessionMembers.ts';
import { isOver } from '../../core/session/viewerFlow.ts';
import type { After } from '../../core/base/timer.ts';
import { createFollowers, type Followers } from '../../core/sideChannel/followers.ts';
import type { Place } from '../../core/sideChannel/sideMessages.ts';
import type { PlaceTeller } from '../../core/sideChannel/tellPlace.ts';

export interface Device {
    readonly userId: string;
    readonly deviceId: string;
}

/** What the session knows about the share of a page. */
interface ShareOfPage {
    readonly generation: number;
    readonly roomId: string;
    /** The key of the device that shares. Undefined: it is ours. */
    readonly sharer: string | undefined;
}

export interface Channel extends ShareOfPage {
    readonly page: string;
    /** By key, without ours. */
    devices: ReadonlyMap<string, Device>;
    /** By the device's key. Null: it told that it is in no file of the session. */
    readonly places: Map<string, Place | null>;
    readonly followers: Followers;
    readonly teller: PlaceTeller;
}

export interface SideChannels {
    readonly all: ReadonlyMap<string, Channel>;
    /** Undefined: the page is over or replaced. */
    of(page: string, generation: number): Channel | undefined;
    send(channel: Channel, message: HostMessage): void;
    /** Removes those whose share is over, and returns them. */
    prune(): readonly Channel[];
    nameOf(channel: Channel, device: Device): string;
}

interface Options {
    model(): Model;
    send(page: string, generation: number, message: HostMessage): void;
    readonly after: After;
    createTeller(tell: (place: Place | null) => void): PlaceTeller;
    /** A follower has not said for too long that it follows us. */
    forgotten(channel: Channel): void;
}

export function createSideChannels({ model, send, after, createTeller, forgotten }: Options): SideChannels {
    const all = new Map<string, Channel>();
    const create = (page: string, share: ShareOfPage): Channel => {
        const teller = createTeller((place) =>
            send(page, share.generation, { type: 'sideChannel.send', message: { type: 'place', place } }),
        );
        const followers = createFollowers(after, () => forgotten(channel));
        const channel: Channel = { ...share, page, devices: new Map(), places: new Map(), followers, teller };
        return channel;
    };
    return {
        all,
        of(page, generation) {
            const share = shareOf(model(), page);
            if (share?.generation !== generation) return undefined;
            const known = all.get(page);
            if (known?.generation === generation) return known;
            if (known) end(known);
            const channel = create(page, share);
            all.set(page, channel);
            return channel;
        },
        send: ({ page, generation }, message) => send(page, generation, message),
        prune() {
            const over = [...all.values()].filter((channel) => {
                const share = shareOf(model(), channel.page);
                return share?.generation !== channel.generation;
            });
            for (const channel of over) {
                end(channel);
                all.delete(channel.page);
            }
            return over;
        },
        nameOf: ({ roomId }, { userId, deviceId }) =>
            memberOf(model().session, roomId, userId, deviceId)?.name ?? userId,
    };
}

function end({ teller, followers }: Channel): void {
    teller.dispose();
    followers.dispose();
}

function shareOf({ session }: Model, page: string): ShareOfPage | undefined {
    const { share, viewerTabs } = session;
    if (share?.id === page) return { generation: share.generation, roomId: share.roomId, sharer: undefined };
    const tab = viewerTabs.get(page);
    if (!tab || isOver(tab)) return undefined;
    const { roomId, userId, deviceId } = tab.target;
    if (userId === undefined || deviceId === undefined) return undefined;
    return { generation: tab.generation, roomId, sharer: deviceKey({ userId, deviceId }) };
}

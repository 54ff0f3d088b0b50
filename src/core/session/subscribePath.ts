/** What a transport needs to bring a share into a viewer tab, as data and effects. The flows ask this and no names. */
import type { Transport } from '../share/share.ts';
import { deviceKey } from './sessionMembers.ts';
import type { Effect, ViewerTab } from './state.ts';
import { DIRECT_WITHIN_MS } from './topology.ts';

interface SubscribePath {
    /** A token comes before the page connects, and is forgotten with the transport. */
    readonly needsGrant: boolean;
    /** Which servers the page may reach when it opens. */
    readonly servers: Extract<Effect, { type: 'openPage' }>['servers'];
    /** The tab asks the sharer's own device, which may not answer, or may not be reached. */
    readonly asksSharer: boolean;
    /** How the picture travels. Undefined: each connection reports its own. */
    readonly route: ViewerTab['route'];
    /** `participant`: the sharer's LiveKit identity. Null: the first screen that appears. */
    connect(tab: ViewerTab, participant: string | null): readonly Effect[];
    /** Leaves the transport. The tab goes on with another one. */
    leave(tab: ViewerTab): readonly Effect[];
    /** Leaves the transport when the tab is over, or begins again. */
    end(tab: ViewerTab): readonly Effect[];
}

/** During a move, the page still shows the old transport's picture. */
const isHandover = ({ move }: ViewerTab): boolean => move !== undefined;

const MESH: SubscribePath = {
    needsGrant: false,
    // A direct share may move to an SFU while it runs.
    servers: 'now',
    asksSharer: true,
    route: undefined,
    connect(tab) {
        const { id: pageId, generation, wait } = tab;
        const { roomId, userId, deviceId, shareId } = tab.target;
        if (userId === undefined || deviceId === undefined || shareId === undefined) return [];
        const identity = deviceKey({ userId, deviceId });
        const message = { type: 'view.direct', identity, handover: isHandover(tab) } as const;
        return [
            { type: 'send', pageId, generation, message },
            { type: 'watchMesh', pageId, generation, roomId, userId, deviceId, shareId },
            { type: 'wait', pageId, wait, ms: DIRECT_WITHIN_MS },
        ];
    },
    leave: ({ id: pageId }) => [{ type: 'releaseMesh', pageId }],
    end: ({ id: pageId }) => [{ type: 'releaseMesh', pageId }],
};

const LIVEKIT: SubscribePath = {
    needsGrant: true,
    servers: 'known',
    asksSharer: false,
    route: 'sfu',
    connect(tab, identity) {
        const { id: pageId, generation, target } = tab;
        return [
            {
                type: 'connectViewerTab',
                pageId,
                generation,
                roomId: target.roomId,
                identity,
                handover: isHandover(tab),
            },
        ];
    },
    leave: ({ id: pageId }) => [{ type: 'forgetGrant', pageId }],
    end: () => [],
};

export const SUBSCRIBE_PATHS: Readonly<Record<Transport, SubscribePath>> = { mesh: MESH, livekit: LIVEKIT };

/** The tab shows, or will show, a picture that needs a token. */
export function needsGrant({ transport, move }: ViewerTab): boolean {
    return SUBSCRIBE_PATHS[move?.to ?? transport].needsGrant;
}

/** What a transport needs to carry our share, and what it can, as data and effects. The flows ask this and no names. */
import type { Share, Transport } from '../share/share.ts';
import { transportOf } from './course.ts';
import type { Effect, LocalShare } from './state.ts';

export interface PublishPath {
    /** For the log. */
    readonly name: string;
    /** A token comes before the page opens, and is forgotten with the transport. */
    readonly needsGrant: boolean;
    /** Frames are encrypted with our media key. Without it, the transport has its own keys. */
    readonly needsKey: boolean;
    /** The transport that carries the share when this one fails. */
    readonly fallback: Transport | undefined;
    /** Which servers the page may reach: of a share that stays on this transport, and of one that may move. */
    readonly servers: Readonly<Record<'fixed' | 'movable', Extract<Effect, { type: 'openPage' }>['servers']>>;
    /** Can show the share to a person's other Matrix clients by a call. */
    readonly callsPeople: boolean;
    /** The page reports how many viewers overload the upload. */
    readonly reportsUplink: boolean;
    /** The page reports that its connection to the server is made again. */
    readonly reconnects: boolean;
    /** How the picture travels. Undefined: each connection reports its own. */
    readonly route: LocalShare['route'];
    /** Names the transport in a membership. */
    readonly mark: Pick<Share, 'transport'>;
    /** Connects the page while the person still chooses a screen, or while keys are sent. */
    prepare(share: LocalShare): readonly Effect[];
    publish(share: LocalShare): readonly Effect[];
    /** Leaves the transport. The share goes on by another one. */
    retire(share: LocalShare): readonly Effect[];
    /** Leaves the transport when the share is over. Its page closes anyway. */
    end(share: LocalShare): readonly Effect[];
    /** What a share becomes that has left the other transport. */
    alone(share: LocalShare): Partial<LocalShare>;
}

const MESH: PublishPath = {
    name: 'the direct way',
    needsGrant: false,
    // Each direct connection has its own keys (DTLS). Their fingerprints travel through the room's encryption.
    needsKey: false,
    fallback: undefined,
    // A share that may move later must reach an SFU without a reload of its page.
    servers: { fixed: 'none', movable: 'now' },
    callsPeople: true,
    reportsUplink: true,
    reconnects: false,
    route: undefined,
    mark: { transport: 'mesh' },
    prepare: () => [],
    publish: ({ id: pageId, generation, roomId }) => [
        { type: 'send', pageId, generation, message: { type: 'share.direct' } },
        { type: 'serveMesh', pageId, generation, roomId },
    ],
    retire: ({ id: pageId }) => [{ type: 'retireMesh', pageId }],
    end: ({ id: pageId }) => [{ type: 'releaseMesh', pageId }],
    alone: ({ route }) => ({ held: false, route: route === LIVEKIT.route ? undefined : route }),
};

const LIVEKIT: PublishPath = {
    name: 'the media server',
    needsGrant: true,
    needsKey: true,
    fallback: 'mesh',
    servers: { fixed: 'known', movable: 'known' },
    callsPeople: false,
    reportsUplink: false,
    reconnects: true,
    route: 'sfu',
    mark: {},
    prepare: ({ id: pageId, generation }) => [{ type: 'preparePublish', pageId, generation }],
    publish: ({ id: pageId, generation, roomId }) => [{ type: 'publish', pageId, generation, roomId }],
    retire: ({ id: pageId, generation, roomId }) => [
        { type: 'send', pageId, generation, message: { type: 'share.unpublish' } },
        { type: 'stopKeys', roomId },
        { type: 'forgetGrant', pageId },
    ],
    end: ({ roomId }) => [{ type: 'stopKeys', roomId }],
    alone: () => ({ route: 'sfu' }),
};

export const PUBLISH_PATHS: Readonly<Record<Transport, PublishPath>> = { mesh: MESH, livekit: LIVEKIT };

/** Until its transport is known, a share prepares for the SFU. */
export function publishPathOf({ course }: Pick<LocalShare, 'course'>): PublishPath {
    return PUBLISH_PATHS[transportOf(course) ?? 'livekit'];
}

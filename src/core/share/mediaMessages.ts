/**
 * The messages between the extension host and a media page, over `postMessage` in a webview or a WebSocket on loopback.
 */
import * as v from 'valibot';
import { sideMessage } from '../sideChannel/sideMessages.ts';
import { transports, type Transport } from './share.ts';
import { trustLevels, withheldReasons } from '../trust/trustLevels.ts';

const text = v.pipe(v.string(), v.maxLength(4_096));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512));
const px = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(32_768));
const count = v.pipe(v.number(), v.minValue(0), v.finite());

/** A LiveKit room JWT and where to use it. One room, one hour; the only credential that a page ever holds. */
const mediaGrant = v.object({
    /** WebSocket URL of the SFU. */
    url: v.pipe(v.string(), v.regex(/^wss?:\/\//u), v.maxLength(2_048)),
    token: v.pipe(v.string(), v.minLength(1), v.maxLength(16_384)),
});
export type MediaGrant = v.InferOutput<typeof mediaGrant>;

const shareSettings = v.object({
    /** Frames per second asked of getDisplayMedia. */
    maxFrameRate: v.pipe(v.number(), v.minValue(1), v.maxValue(60)),
    /** `text`: every pixel is sharp, and frames may drop. `motion`: the reverse. */
    contentHint: v.picklist(['text', 'motion']),
    /** bit/s. 0: Hush chooses it from the captured size. */
    maxBitrate: v.pipe(v.number(), v.minValue(0), v.maxValue(50_000_000)),
    /** ms that each picture waits before it leaves, so that it can still be dropped. Absent: none waits. */
    delayMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(5_000))),
});
export type ShareSettings = v.InferOutput<typeof shareSettings>;

/** Why a card goes out in place of the screen: the person paused, or a file with secrets is visible. */
export const covers = ['paused', 'shielded'] as const;
export type Cover = (typeof covers)[number];

/** What a viewer tab stores, so that VS Code can restore it after a window reload. Only names, no secret. */
export const storedTarget = v.object({
    roomId: id,
    userId: v.optional(id),
    deviceId: v.optional(id),
    shareId: v.optional(id),
});
export type StoredTarget = v.InferOutput<typeof storedTarget>;

/** Somebody who can see the share now. `deviceName`: as its owner named it; empty without a name. */
const viewer = v.object({ userId: id, deviceId: id, deviceName: text, name: text });
export type Viewer = v.InferOutput<typeof viewer>;

/** One RTCPeerConnection of the mesh, by its name from the host. */
const connection = v.pipe(v.string(), v.minLength(3), v.maxLength(1_024));
const sdp = v.pipe(v.string(), v.startsWith('v=0'), v.maxLength(60_000));
/** Maps a stream ID of the SDP to its purpose (MSC3077). */
const streams = v.record(v.string(), v.string());
const iceServers = v.array(v.object({ urls: v.array(v.string()), username: v.string(), credential: v.string() }));
/** The homeserver names ICE servers, and none of them can be used. */
const noneUsable = v.optional(v.boolean());
const iceCandidates = v.pipe(
    v.array(
        v.object({
            /** Empty: the end of the candidates. */
            candidate: v.pipe(v.string(), v.maxLength(2_048)),
            sdpMid: v.nullable(v.string()),
            sdpMLineIndex: v.nullable(v.number()),
            usernameFragment: v.nullable(v.string()),
        }),
    ),
    v.maxLength(400),
);
/** How the picture travels; `direct` and `relayed` (by a TURN server) are the mesh's. */
const routes = ['direct', 'relayed', 'sfu'] as const;
export type Route = (typeof routes)[number];

export type { Transport };

/** The state of the picture, or why there is none. The page has the words for people. */
export const viewStates = [
    'connecting', // to the SFU, or waiting for the sharer's track
    'waitingForKey', // frames arrive, but the key has not
    'live',
    'frozen', // no new frame for longer than a still picture explains
    'reconnecting',
    'notSharing', // the member is there, but has no screen
    'unencrypted', // refused: the track is announced without encryption
    'wrongKey', // refused: frames do not decrypt under the key that was sent
    'ended',
    'failed',
] as const;
export type ViewState = (typeof viewStates)[number];

/**
 * After a share ends, another share of its sharer can be waited for, is waited for, or is there. `never`: none will
 * follow.
 */
export const agains = ['offered', 'waiting', 'back', 'never'] as const;
export type Again = (typeof agains)[number];

/** What the tools over a picture do. */
const viewerCommands = [
    'zoomOut',
    'zoomIn',
    'fit',
    'exact',
    'point',
    'snapshot',
    'copyPicture',
    'fullScreen',
    'whoCanSee',
    'smoothMotion',
    'toggleStats',
] as const;
export type ViewerCommand = (typeof viewerCommands)[number];

export const hostMessage = v.variant('type', [
    v.object({
        type: v.literal('init'),
        role: v.picklist(['share', 'view']),
        /** The heading: the room for a share, the sharer for a viewer tab. */
        title: text,
        roomName: text,
        /** Only for the loopback page. A webview takes its colours from VS Code. */
        theme: v.picklist(['light', 'dark']),
        /** The browser's player buffers the picture. Else it shows as frames come. */
        smoothMotion: v.boolean(),
        /** The page stores this with the tab. Null: nothing is restored. */
        persist: v.nullable(storedTarget),
    }),
    /** Asks the browser for a screen. Without user activation the page first shows a button. */
    v.object({ type: v.literal('share.capture'), settings: shareSettings }),
    /** Connects early, while the person still chooses a screen. Publishes nothing. */
    v.object({ type: v.literal('share.prepare'), grant: mediaGrant, identity: id }),
    /**
     * Connects, or uses the connection that this grant prepared. Publishes the captured track, encrypted with the key
     * already set for `identity`.
     */
    v.object({ type: v.literal('share.publish'), grant: mediaGrant, identity: id }),
    v.object({ type: v.literal('share.viewers'), viewers: v.pipe(v.array(viewer), v.maxLength(1_000)) }),
    /** Stops sending (true) or continues (false). Used while a key could not be delivered. */
    v.object({ type: v.literal('share.hold'), held: v.boolean() }),
    /**
     * Sends a card in place of the screen, or the screen again (null). The page confirms by the number. `file`: the name
     * of the file with secrets, for the sharer only.
     */
    v.object({ type: v.literal('share.cover'), cover: v.nullable(v.picklist(covers)), file: text, order: count }),
    v.object({ type: v.literal('share.stop'), reason: text }),
    /** Leaves the SFU. The capture and direct connections continue. */
    v.object({ type: v.literal('share.unpublish') }),
    /**
     * Subscribes to the screen of `identity`. Null: shows the first screen in the room. `handover`: keeps the old
     * picture until the first new one arrives.
     */
    v.object({
        type: v.literal('view.connect'),
        grant: mediaGrant,
        identity: v.nullable(id),
        handover: v.optional(v.boolean()),
    }),
    /** The sharer, their device, and its trust. Only the host knows these. */
    v.object({
        type: v.literal('view.sharer'),
        name: text,
        userId: text,
        /** The name that its person gave it, or empty. */
        deviceName: text,
        deviceId: text,
        trust: v.picklist(trustLevels),
        /** ms since the epoch, by the sharer’s clock. Null: unknown. */
        startedTs: v.nullable(count),
    }),
    /** The sharer's device withholds the share from ours. Null: it does not, or no longer. */
    v.object({ type: v.literal('view.withheld'), reason: v.nullable(v.picklist(withheldReasons)) }),
    /** Who can see the share: a short text, and a full line. */
    v.object({ type: v.literal('view.audience'), text, detail: text, tone: v.picklist(['good', 'warn']) }),
    /** The sharer's device says that a card is in place of the screen. Null: it is not. */
    v.object({ type: v.literal('view.cover'), cover: v.nullable(v.picklist(covers)) }),
    /** Where the sharer is in the code. Null: nothing is known. */
    v.object({
        type: v.literal('view.place'),
        line: v.nullable(v.object({ text, detail: text, opens: v.boolean() })),
        /** Our editor follows the sharer's. */
        following: v.boolean(),
    }),
    /** Runs a command of a page's tool, chosen from VS Code's menu over the picture. */
    v.object({ type: v.literal('view.command'), command: v.picklist(viewerCommands) }),
    /** The host knows more than the page: the share is over, or could not be joined. */
    v.object({ type: v.literal('view.end'), state: v.picklist(['ended', 'failed']), detail: text }),
    /** What may follow after a share ended. */
    v.object({ type: v.literal('view.again'), again: v.picklist(agains) }),
    /** Base64 of 16 raw bytes, the input of HKDF (see element-call-protocol: LiveKit E2EE). */
    v.object({
        type: v.literal('keys.set'),
        identity: id,
        index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
        key: v.pipe(v.string(), v.base64(), v.minLength(16), v.maxLength(128)),
    }),
    /** Share directly: viewers' connections are opened in this page as they ask. */
    v.object({ type: v.literal('share.direct') }),
    /**
     * Watches directly. The sharer's connection comes into this page. `identity` names the sharer. `handover`: as
     * above.
     */
    v.object({ type: v.literal('view.direct'), identity: id, handover: v.optional(v.boolean()) }),
    /** Stops trying the new transport beside the shown one. */
    v.object({ type: v.literal('view.stay') }),
    /**
     * A new connection. `offer`: we offer it with our screen; otherwise the other side's offer follows. `passes`: it
     * does not send our screen, but the one that arrives by that connection of this page.
     */
    v.object({
        type: v.literal('mesh.open'),
        connection,
        offer: v.boolean(),
        iceServers,
        noneUsable,
        relayOnly: v.boolean(),
        passes: v.optional(connection),
        /** Offers the side channel, too. Only a Hush device gets such an offer. */
        sideChannel: v.optional(v.boolean()),
    }),
    v.object({ type: v.literal('mesh.description'), connection, kind: v.picklist(['offer', 'answer']), sdp, streams }),
    v.object({ type: v.literal('mesh.candidates'), connection, candidates: iceCandidates }),
    /** Looks for a new route: an ICE restart with our offer. */
    v.object({ type: v.literal('mesh.restart'), connection, iceServers, noneUsable, relayOnly: v.boolean() }),
    /** The ICE servers that the connection uses from the next description on. Its first ones may be outdated. */
    v.object({ type: v.literal('mesh.servers'), connection, iceServers, noneUsable, relayOnly: v.boolean() }),
    v.object({ type: v.literal('mesh.close'), connection }),
    /** The side channel of this share: which it is, who we are in it, and whose share it is. */
    v.object({
        type: v.literal('sideChannel.open'),
        roomId: id,
        shareId: id,
        self: v.object({ userId: id, deviceId: id }),
        sharer: v.object({ userId: id, deviceId: id }),
    }),
    /** A device of the session, and its key: base64 of 16 bytes. The last one of a device is in use. */
    v.object({
        type: v.literal('sideChannel.key'),
        userId: id,
        deviceId: id,
        name: text,
        key: v.pipe(v.string(), v.base64(), v.minLength(16), v.maxLength(128)),
    }),
    v.object({ type: v.literal('sideChannel.forget'), userId: id, deviceId: id }),
    /** Sends this to the devices of the side channel. */
    v.object({ type: v.literal('sideChannel.send'), message: sideMessage }),
    /** Closes every connection of this share's page and reports them. The window that ran their calls is gone. */
    v.object({ type: v.literal('mesh.reset') }),
]);
export type HostMessage = v.InferOutput<typeof hostMessage>;

const captureFailures = ['denied', 'unsupported', 'needsGesture', 'failed'] as const;
export type CaptureFailure = (typeof captureFailures)[number];

/** Bytes of a snapshot: an 8K picture that does not compress well. */
export const MAX_SNAPSHOT = 60 * 1_048_576;

export const pageMessage = v.variant('type', [
    v.object({
        type: v.literal('ready'),
        /** Whether getDisplayMedia exists and the document's permission policy allows it. */
        displayCapture: v.boolean(),
        /** Whether frames can be encrypted here (encoded transform or encoded streams). */
        frameEncryption: v.boolean(),
    }),
    v.object({
        type: v.literal('capture.started'),
        width: px,
        height: px,
        /** `monitor`, `window` or `browser`. Empty when the browser does not say. */
        surface: text,
    }),
    v.object({ type: v.literal('capture.failed'), reason: v.picklist(captureFailures), detail: text }),
    /** The person ended the capture in the browser, or its source disappeared. */
    v.object({ type: v.literal('capture.ended') }),
    v.object({ type: v.literal('share.published'), transport: v.picklist(transports) }),
    /** The SFU could not be used or was lost. The capture and direct connections continue. */
    v.object({ type: v.literal('share.serverLost'), detail: text }),
    /** This many viewers overload the device's connection. */
    v.object({ type: v.literal('share.uplink'), viewers: count }),
    /** A viewer points at the picture, or draws on it. */
    v.object({ type: v.literal('share.pointed'), name: text }),
    /** Since the cover with this number, nothing of the screen leaves. */
    v.object({ type: v.literal('share.covered'), order: count }),
    v.object({ type: v.literal('share.reconnecting') }),
    v.object({ type: v.literal('share.failed'), detail: text }),
    v.object({ type: v.literal('mesh.description'), connection, kind: v.picklist(['offer', 'answer']), sdp, streams }),
    v.object({ type: v.literal('mesh.candidates'), connection, candidates: iceCandidates }),
    v.object({
        type: v.literal('mesh.state'),
        connection,
        state: v.picklist(['connecting', 'connected', 'failed']),
        route: v.picklist(routes),
    }),
    /** ICE servers that this browser does not take. They are left out. */
    v.object({ type: v.literal('servers.refused'), urls: v.pipe(v.array(v.string()), v.maxLength(100)) }),
    /** The homeserver names ICE servers, and this page can use none. Told once for each share and viewer tab. */
    v.object({ type: v.literal('servers.none'), relayOnly: v.boolean() }),
    /** A connection that was opened for our screen also receives one, or no longer does. */
    v.object({ type: v.literal('mesh.screen'), connection, there: v.boolean() }),
    /** The connections that a reset closed. */
    v.object({ type: v.literal('mesh.dropped'), connections: v.pipe(v.array(connection), v.maxLength(1_000)) }),
    v.object({ type: v.literal('view.state'), state: v.picklist(viewStates), detail: text }),
    /** The picture now uses the new transport and the old one is closed, or the new one failed. */
    v.object({ type: v.literal('view.moved'), transport: v.picklist(transports), ok: v.boolean() }),
    /** LiveKit identities whose screen is in the LiveKit room now, as this page sees it. */
    v.object({ type: v.literal('view.screens'), identities: v.pipe(v.array(id), v.maxLength(1_000)) }),
    /** A part of the picture that the person sends to the session. */
    v.object({
        type: v.literal('view.snapshot'),
        png: v.pipe(
            v.instance(Uint8Array),
            v.check(({ length }) => length <= MAX_SNAPSHOT),
        ),
        width: px,
        height: px,
    }),
    /** What a device of the side channel said, as far as it is for the host. */
    v.object({
        type: v.literal('sideChannel.received'),
        from: v.object({ userId: id, deviceId: id }),
        message: sideMessage,
    }),
    /** The devices that the side channel has heard, without ours. */
    v.object({
        type: v.literal('sideChannel.devices'),
        devices: v.pipe(v.array(v.object({ userId: id, deviceId: id })), v.maxLength(1_000)),
    }),
    /** The person pressed a button in the page. */
    v.object({
        type: v.literal('action'),
        /** `fullScreen`: a page may not fill the screen itself, so the host maximises the tab. */
        name: v.picklist([
            'stopShare',
            'pauseShare',
            'resumeShare',
            /** Shows the file that Secret Shield hides, until it is closed. */
            'showAnyway',
            'retry',
            'openInBrowser',
            'showLog',
            'closeView',
            'fullScreen',
            'whoCanSee',
            'becomeTrusted',
            'verifySharer',
            /** Starts or stops the wait for the sharer’s next share. */
            'watchAgain',
            'openChat',
            /** Opens the sharer’s place in our own checkout. */
            'openPlace',
            /** Starts or stops following the sharer. */
            'followSharer',
        ]),
    }),
    v.object({ type: v.literal('log'), level: v.picklist(['debug', 'info', 'warn', 'error']), text }),
]);
export type PageMessage = v.InferOutput<typeof pageMessage>;
/** What a page reports about its mesh connections. */
export type MeshMessage = Extract<PageMessage, { type: `mesh.${string}` }>;

export function isMeshMessage(message: PageMessage): message is MeshMessage {
    return message.type.startsWith('mesh.');
}
/** What a page reports about the ICE servers that it was given. */
export type ServersMessage = Extract<PageMessage, { type: `servers.${string}` }>;

/**
 * What the extension host and a media page say to each other, over `postMessage` in a webview or a WebSocket on
 * loopback.
 */
import * as v from 'valibot';
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
    /** `text`: every pixel sharp, frames may drop. `motion`: the reverse. */
    contentHint: v.picklist(['text', 'motion']),
    /** bit/s; 0 lets Hush choose from the captured size. */
    maxBitrate: v.pipe(v.number(), v.minValue(0), v.maxValue(50_000_000)),
});
export type ShareSettings = v.InferOutput<typeof shareSettings>;

/** What a view tab stores, so that VS Code can bring it back after a window reload. Names only, no secret. */
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

/** One RTCPeerConnection of the mesh, by the name its host gave it. */
const connection = v.pipe(v.string(), v.minLength(3), v.maxLength(1_024));
const sdp = v.pipe(v.string(), v.startsWith('v=0'), v.maxLength(60_000));
/** Stream ID of the SDP to its purpose (MSC3077). */
const streams = v.record(v.string(), v.string());
const iceServers = v.array(v.object({ urls: v.array(v.string()), username: v.string(), credential: v.string() }));
const iceCandidates = v.pipe(
    v.array(
        v.object({
            /** Empty: there are no more. */
            candidate: v.pipe(v.string(), v.maxLength(2_048)),
            sdpMid: v.nullable(v.string()),
            sdpMLineIndex: v.nullable(v.number()),
            usernameFragment: v.nullable(v.string()),
        }),
    ),
    v.maxLength(400),
);
/** How the picture travels; `direct` and `relayed` (by a TURN server) are the mesh's. */
const paths = ['direct', 'relayed', 'sfu'] as const;
export type Path = (typeof paths)[number];

/** Through a media server, or from device to device. */
const ways = ['livekit', 'mesh'] as const;
export type Way = (typeof ways)[number];

/** Why no picture is shown, or what the picture is. The words a person reads are in the page. */
export const viewStates = [
    'connecting', // to the SFU, or waiting for the sharer's track
    'waitingForKey', // frames arrive, the key has not
    'live',
    'frozen', // no new frame for longer than a still picture explains
    'reconnecting',
    'notSharing', // the member is there, without a screen
    'unencrypted', // refused: the track is announced without encryption
    'wrongKey', // refused: frames do not decrypt under the key that was sent
    'ended',
    'failed',
] as const;
export type ViewState = (typeof viewStates)[number];

/** After the end of a share: another of its sharer may be waited for, is waited for, is there; or there will be none. */
export const agains = ['offered', 'waiting', 'back', 'never'] as const;
export type Again = (typeof agains)[number];

/** What the tools over a picture do. */
const viewerCommands = [
    'zoomOut',
    'zoomIn',
    'fit',
    'exact',
    'snapshot',
    'copyPicture',
    'fullScreen',
    'whoCanSee',
    'toggleStats',
] as const;
export type ViewerCommand = (typeof viewerCommands)[number];

export const hostMessage = v.variant('type', [
    v.object({
        type: v.literal('init'),
        role: v.picklist(['share', 'view']),
        /** Shown as heading: the room for a share, the sharer for a view. */
        title: text,
        roomName: text,
        /** Loopback page only: the webview takes its colours from VS Code. */
        theme: v.picklist(['light', 'dark']),
        /** Stored by the page with the tab; null where nothing is to be restored. */
        persist: v.nullable(storedTarget),
    }),
    /** Ask the browser for a screen. Without user activation the page shows a button first. */
    v.object({ type: v.literal('share.capture'), settings: shareSettings }),
    /** Connect ahead of time, while the person still chooses; publish nothing. */
    v.object({ type: v.literal('share.prepare'), grant: mediaGrant, identity: id }),
    /** Connect (or use the connection prepared with this grant) and publish the captured track, encrypted under the key already set for `identity`. */
    v.object({ type: v.literal('share.publish'), grant: mediaGrant, identity: id }),
    v.object({ type: v.literal('share.viewers'), viewers: v.pipe(v.array(viewer), v.maxLength(1_000)) }),
    /** Stop sending (true) or go on (false): used while a key could not be delivered. */
    v.object({ type: v.literal('share.hold'), held: v.boolean() }),
    v.object({ type: v.literal('share.stop'), reason: text }),
    /** Leave the media server; the capture goes on, and so does what goes directly. */
    v.object({ type: v.literal('share.unpublish') }),
    /**
     * Subscribe to the screen of `identity`; null shows the first screen seen in the room. `handover`: what is shown stays
     * until the first picture comes this way.
     */
    v.object({
        type: v.literal('view.connect'),
        grant: mediaGrant,
        identity: v.nullable(id),
        handover: v.optional(v.boolean()),
    }),
    /** Who shares, from which device, and how far it is trusted: known to the host only. */
    v.object({
        type: v.literal('view.sharer'),
        name: text,
        userId: text,
        /** As its owner named it; empty without a name. */
        deviceName: text,
        deviceId: text,
        trust: v.picklist(trustLevels),
        /** ms since the epoch, by the sharer’s clock; null: not known. */
        startedTs: v.nullable(count),
    }),
    /** The sharer's device keeps the share from ours; null: not (any more). */
    v.object({ type: v.literal('view.withheld'), reason: v.nullable(v.picklist(withheldReasons)) }),
    /** Who can see the share, in a few words and in one line. */
    v.object({ type: v.literal('view.audience'), text, detail: text, tone: v.picklist(['good', 'warn']) }),
    /** Do what a tool of the page does: chosen from VS Code's menu over the picture. */
    v.object({ type: v.literal('view.command'), command: v.picklist(viewerCommands) }),
    /** The host knows better than the page: the share is over, or could not be joined. */
    v.object({ type: v.literal('view.end'), state: v.picklist(['ended', 'failed']), detail: text }),
    /** What may follow a share that is over. */
    v.object({ type: v.literal('view.again'), again: v.picklist(agains) }),
    /** Base64 of 16 raw bytes, HKDF input (see element-call-protocol: LiveKit E2EE). */
    v.object({
        type: v.literal('keys.set'),
        identity: id,
        index: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(255)),
        key: v.pipe(v.string(), v.base64(), v.minLength(16), v.maxLength(128)),
    }),
    /** Share directly: viewers' connections are opened in this page as they ask. */
    v.object({ type: v.literal('share.direct') }),
    /** Watch directly: the sharer's connection comes into this page. `identity` names the sharer. `handover`: as above. */
    v.object({ type: v.literal('view.direct'), identity: id, handover: v.optional(v.boolean()) }),
    /** The way that is being tried beside the one that is shown is not wanted any more. */
    v.object({ type: v.literal('view.stay') }),
    /**
     * A new connection. `offer`: with our screen in it, by our offer; else by the one that follows. `passes`: not with our
     * screen but with the one that comes in by that connection of this page.
     */
    v.object({
        type: v.literal('mesh.open'),
        connection,
        offer: v.boolean(),
        iceServers,
        relayOnly: v.boolean(),
        passes: v.optional(connection),
    }),
    v.object({ type: v.literal('mesh.description'), connection, kind: v.picklist(['offer', 'answer']), sdp, streams }),
    v.object({ type: v.literal('mesh.candidates'), connection, candidates: iceCandidates }),
    /** Find a new way for the packets: an ICE restart by our offer. */
    v.object({ type: v.literal('mesh.restart'), connection, iceServers, relayOnly: v.boolean() }),
    /** The servers that the connection is to use from the next description on: those it was opened with may be outdated. */
    v.object({ type: v.literal('mesh.servers'), connection, iceServers, relayOnly: v.boolean() }),
    v.object({ type: v.literal('mesh.close'), connection }),
    /** Close every connection of this share's page, and say which there were: who ran their calls is gone. */
    v.object({ type: v.literal('mesh.reset') }),
]);
export type HostMessage = v.InferOutput<typeof hostMessage>;

const captureFailures = ['denied', 'unsupported', 'needsGesture', 'failed'] as const;
export type CaptureFailure = (typeof captureFailures)[number];

/** Bytes of a snapshot: a picture of 8K without much in it that repeats. */
export const MAX_SNAPSHOT = 60 * 1_048_576;

export const pageMessage = v.variant('type', [
    v.object({
        type: v.literal('ready'),
        /** getDisplayMedia exists and the document's permission policy allows it. */
        displayCapture: v.boolean(),
        /** Frames can be encrypted here (encoded transform or encoded streams). */
        frameEncryption: v.boolean(),
    }),
    v.object({
        type: v.literal('capture.started'),
        width: px,
        height: px,
        /** `monitor`, `window`, `browser`, or empty where the browser does not say. */
        surface: text,
    }),
    v.object({ type: v.literal('capture.failed'), reason: v.picklist(captureFailures), detail: text }),
    /** The person ended the capture in the browser, or its source went away. */
    v.object({ type: v.literal('capture.ended') }),
    v.object({ type: v.literal('share.published'), via: v.picklist(ways) }),
    /** The media server could not be used, or was lost; the capture goes on, and so does what goes directly. */
    v.object({ type: v.literal('share.serverLost'), detail: text }),
    /** Carrying so many viewers is too much for this device's connection. */
    v.object({ type: v.literal('share.uplink'), viewers: count }),
    v.object({ type: v.literal('share.reconnecting') }),
    v.object({ type: v.literal('share.failed'), detail: text }),
    v.object({ type: v.literal('mesh.description'), connection, kind: v.picklist(['offer', 'answer']), sdp, streams }),
    v.object({ type: v.literal('mesh.candidates'), connection, candidates: iceCandidates }),
    v.object({
        type: v.literal('mesh.state'),
        connection,
        state: v.picklist(['connecting', 'connected', 'failed']),
        path: v.picklist(paths),
    }),
    /** A screen comes in by a connection that was opened for ours; or no longer. */
    v.object({ type: v.literal('mesh.screen'), connection, there: v.boolean() }),
    /** The connections that a reset has closed. */
    v.object({ type: v.literal('mesh.dropped'), connections: v.pipe(v.array(connection), v.maxLength(1_000)) }),
    v.object({ type: v.literal('view.state'), state: v.picklist(viewStates), detail: text }),
    /** The picture comes the new way now, and the old one is closed; or the new one could not be used. */
    v.object({ type: v.literal('view.moved'), via: v.picklist(ways), ok: v.boolean() }),
    /** LiveKit identities whose screen is in the media room now, as this page sees it. */
    v.object({ type: v.literal('view.screens'), identities: v.pipe(v.array(id), v.maxLength(1_000)) }),
    /** A part of the picture that the person chose to send to the session. */
    v.object({
        type: v.literal('view.snapshot'),
        png: v.pipe(
            v.instance(Uint8Array),
            v.check(({ length }) => length <= MAX_SNAPSHOT),
        ),
        width: px,
        height: px,
    }),
    v.object({
        type: v.literal('stats'),
        framesDecoded: count,
        width: px,
        height: px,
        framesPerSecond: count,
        bitsPerSecond: count,
        /** Round trip to the SFU or peer, ms. */
        roundTripMs: count,
        codec: text,
    }),
    /** A button in the page. */
    v.object({
        type: v.literal('action'),
        /** `fullScreen`: the page may not fill the screen itself; the tab is to be maximised (answered by the panels). */
        name: v.picklist([
            'stopShare',
            'retry',
            'openInBrowser',
            'showLog',
            'closeView',
            'fullScreen',
            'whoCanSee',
            'becomeTrusted',
            'verifySharer',
            /** Wait for the sharer’s next share, or no longer. */
            'watchAgain',
            'openChat',
        ]),
    }),
    v.object({ type: v.literal('log'), level: v.picklist(['debug', 'info', 'warn', 'error']), text }),
]);
export type PageMessage = v.InferOutput<typeof pageMessage>;
/** What a page says about its connections of the mesh. */
export type MeshMessage = Extract<PageMessage, { type: `mesh.${string}` }>;

/**
 * The share role: captures, publishes under the key of our identity, and stops. Tells the host and the person about
 * each failure. It never sends in clear, and captures only through the browser's own picker.
 */
import type { HostMessage, PageMessage, ShareSettings, Way } from '../../core/share/mediaMessages.ts';
import {
    connectPublisher,
    publishScreen,
    type Connection,
    type Publisher,
} from '../../livekit/browser/screenPublisher.ts';
import type { KeyRing } from '../../livekit/browser/mediaKeys.ts';
import { createMeshPublisher, type MeshPublisher } from '../mesh/meshPublisher.ts';
import { chooseBitrate, degradation } from '../capture/encoding.ts';
import { captureScreen, type Captured } from '../capture/screenCapture.ts';
import { bitRate, readSender, type ReceiverSample } from '../view/receiverStats.ts';
import { createShareUi } from './shareUi.ts';

const SAMPLE_MS = 1_000;

export interface ShareController {
    handle(message: HostMessage): void;
    /** The host is gone, so capture and sending stop. */
    gone(reason: string): void;
}

interface Options {
    readonly root: HTMLElement;
    readonly keys: KeyRing;
    readonly worker: () => Promise<string>;
    readonly send: (message: PageMessage) => void;
    readonly now: () => number;
}

type Publish = Extract<HostMessage, { type: 'share.publish' }>;

export function createShareController({ root, keys, worker, send, now }: Options): ShareController {
    let settings: ShareSettings | undefined;
    let captured: Captured | undefined;
    let wanted: Publish | undefined;
    let publisher: Publisher | undefined;
    /** A clone goes to the SFU, so that a pause or stop there does not affect the direct connections. */
    let published: MediaStreamTrack | undefined;
    /**
     * A connection made ahead of time. Undefined after its use or a failure; the publication then connects by itself.
     */
    let prepared: Promise<Connection | undefined> | undefined;
    /** Sends directly to each viewer, in place of a publisher. */
    let mesh: MeshPublisher | undefined;
    let held = false;
    let busy = false;
    /** Increases when sending stops, so that a running publication is dropped when it is ready. */
    let run = 0;
    let before: ReceiverSample | undefined;

    const ui = createShareUi(root, {
        choose: () => void capture(),
        stop() {
            end('Sharing has ended.');
            send({ type: 'action', name: 'stopShare' });
        },
        openInBrowser: () => send({ type: 'action', name: 'openInBrowser' }),
    });

    const capture = async (): Promise<void> => {
        if (busy || captured || !settings) return;
        busy = true;
        ui.phase('picking');
        const mine = run;
        const result = await captureScreen(settings);
        busy = false;
        if (mine !== run) {
            if (result.ok) release(result.captured);
            return;
        }
        if (!result.ok) {
            const { reason, detail } = result.problem;
            ui.offerBrowser(reason === 'unsupported');
            // A missing click is no failure for the person: they click the button.
            if (reason === 'needsGesture') ui.phase('choose');
            else ui.phase('failed', detail);
            send({ type: 'capture.failed', reason, detail });
            return;
        }
        captured = result.captured;
        const { track, width, height, surface } = captured;
        track.addEventListener('ended', () => {
            if (captured?.track !== track) return;
            end('You stopped sharing in the browser.');
            send({ type: 'capture.ended' });
        });
        for (const type of ['mute', 'unmute'] as const)
            track.addEventListener(type, () => captured?.track === track && ui.asleep(track.muted));
        ui.asleep(track.muted);
        root.dataset['hushSteady'] = String(captured.steady);
        ui.preview(captured.stream);
        ui.size(width, height);
        ui.phase('starting');
        send({ type: 'capture.started', width, height, surface });
        void publish();
    };

    const publish = async (): Promise<void> => {
        // A hold before the first picture must prevent that picture.
        if (!wanted || !captured || !settings || publisher || held) return;
        const request = wanted;
        wanted = undefined;
        const mine = ++run;
        const { width, height, steady } = captured;
        const track = captured.track.clone();
        published?.stop();
        published = track;
        const connection = prepared;
        prepared = undefined;
        try {
            const next = await publishScreen(
                {
                    ...request.grant,
                    identity: request.identity,
                    track,
                    steady,
                    contentHint: settings.contentHint,
                    degradation: degradation(settings),
                    maxBitrate: settings.maxBitrate || chooseBitrate(width, height),
                    maxFrameRate: settings.maxFrameRate,
                },
                keys,
                await worker(),
                {
                    reconnecting() {
                        if (mine !== run) return;
                        ui.phase('reconnecting');
                        send({ type: 'share.reconnecting' });
                    },
                    reconnected: () => mine === run && live('livekit'),
                    failed: (reason) => mine === run && lost(reason),
                },
                await connection,
            );
            if (mine !== run) return next.close();
            publisher = next;
            await publisher.hold(held);
            live('livekit');
        } catch (error) {
            if (mine !== run) return;
            if (error instanceof Error && error.cause instanceof Error) {
                send({ type: 'log', level: 'warn', text: `share: ${error.cause.message}`.slice(0, 1_000) });
            }
            lost(error instanceof Error ? error.message : 'The media server could not be reached.');
        }
    };
    const publishDirectly = (): void => {
        if (mesh) return live('mesh');
        if (!captured || !settings) return;
        const { track, width, height } = captured;
        const { maxFrameRate } = settings;
        const next = createMeshPublisher(
            {
                track,
                width,
                height,
                maxBitrate: settings.maxBitrate || chooseBitrate(width, height),
                maxFrameRate,
                degradation: degradation(settings),
            },
            send,
            showPath,
        );
        mesh = next;
        live('mesh');
    };
    /** While viewers move between transports, shows the route that they come from. */
    const showPath = (): void => ui.path(mesh?.path ?? (publisher ? 'sfu' : undefined));
    const live = (via: Way): void => {
        showPath();
        ui.phase(held ? 'held' : 'live');
        send({ type: 'share.published', via });
    };
    const leaveServer = (): void => {
        run++;
        dropPrepared();
        publisher?.close();
        publisher = undefined;
        published?.stop();
        published = undefined;
        wanted = undefined;
    };
    /** Continues without the SFU if the share can also go directly. */
    const lost = (detail: string): void => {
        if (!mesh) return fail(detail);
        leaveServer();
        showPath();
        send({ type: 'share.serverLost', detail: detail.slice(0, 1_000) });
    };
    const fail = (detail: string): void => {
        stopSending();
        dropCapture();
        ui.phase('failed', detail);
        send({ type: 'share.failed', detail: detail.slice(0, 1_000) });
    };
    const dropPrepared = (): void => {
        void prepared?.then((connection) => connection?.encrypted.close());
        prepared = undefined;
    };
    const stopSending = (): void => {
        leaveServer();
        mesh?.close();
        mesh = undefined;
        ui.path(undefined);
        before = undefined;
    };
    const dropCapture = (): void => {
        const old = captured;
        captured = undefined;
        ui.preview(undefined);
        if (old) release(old);
    };
    const end = (detail: string): void => {
        stopSending();
        dropCapture();
        ui.phase('ended', detail);
    };
    const sample = async (): Promise<void> => {
        const suffering = await mesh?.suffers();
        if (suffering !== undefined) send({ type: 'share.uplink', viewers: suffering });
        const report = await (publisher ?? mesh)?.stats();
        const next = report && readSender(report, now());
        if (!next) return;
        ui.size(next.width || captured?.width || 0, next.height || captured?.height || 0);
        root.dataset['hushFramesSent'] = String(next.framesDecoded);
        const { framesDecoded, width, height, framesPerSecond, roundTripMs, codec } = next;
        send({
            type: 'stats',
            framesDecoded,
            width,
            height,
            framesPerSecond,
            bitsPerSecond: bitRate(before, next),
            roundTripMs,
            codec,
        });
        before = next;
    };
    setInterval(() => void sample().catch(() => undefined), SAMPLE_MS);

    return {
        handle(message) {
            switch (message.type) {
                case 'init':
                    return ui.heading(message.roomName);
                case 'share.capture':
                    settings = message.settings;
                    if (captured) return;
                    if (navigator.userActivation?.isActive) return void capture();
                    ui.phase('choose');
                    return;
                case 'share.prepare':
                    dropPrepared();
                    prepared = worker()
                        .then((url) => connectPublisher({ ...message.grant, identity: message.identity }, keys, url))
                        .catch(() => undefined);
                    return;
                case 'share.publish':
                    if (publisher) return live('livekit');
                    wanted = message;
                    return void publish();
                case 'share.direct':
                    return publishDirectly();
                case 'mesh.open':
                case 'mesh.description':
                case 'mesh.candidates':
                case 'mesh.restart':
                case 'mesh.servers':
                case 'mesh.close':
                case 'mesh.reset':
                    return mesh?.handle(message);
                case 'share.viewers':
                    return ui.viewers(message.viewers);
                case 'share.hold':
                    held = message.held;
                    if (publisher)
                        void publisher.hold(held).then(
                            () => ui.phase(held ? 'held' : 'live'),
                            () => fail('The picture could not be paused, so sharing was stopped.'),
                        );
                    else void publish();
                    return;
                case 'share.unpublish':
                    leaveServer();
                    held = false;
                    ui.phase('live');
                    return showPath();
                case 'share.stop':
                    return end(message.reason || 'Sharing has ended.');
                default:
                    return; // for a page that shows a share
            }
        },
        gone: end,
    };
}

function release(captured: Captured): void {
    for (const track of captured.stream.getTracks()) track.stop();
}

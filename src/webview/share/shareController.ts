/**
 * The share role: captures, publishes under the key of our identity, and stops. Tells the host and the person about
 * each failure. It never sends in clear, and captures only through the browser's own picker.
 */
import type { HostMessage, PageMessage, ShareSettings, Transport } from '../../core/share/mediaMessages.ts';
import type { KeyRing } from '../../livekit/browser/mediaKeys.ts';
import { createMeshPublisher, type MeshPublisher } from '../mesh/meshPublisher.ts';
import { degradation } from '../capture/encoding.ts';
import { createSfuPublication, type SfuPublication } from './sfuPublication.ts';
import { createSharerPointing } from '../pointing/sharerPointing.ts';
import type { Captured } from '../capture/screenCapture.ts';
import { createPictureHold } from './pictureHold.ts';
import { createCapture } from './shareCapture.ts';
import { createShareSampler } from './shareSampler.ts';
import { createReportedSideChannel } from '../sideChannel/reportSideChannel.ts';
import { createShareUi, type ShareUi } from './shareUi.ts';

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

export function createShareController({ root, keys, worker, send, now }: Options): ShareController {
    let settings: ShareSettings | undefined;
    /** Sends directly to each viewer, in place of a publisher. */
    let mesh: MeshPublisher | undefined;
    const ui = createShareUi(root, {
        choose: () => void capture.choose(settings),
        stop() {
            end('Sharing has ended.');
            send({ type: 'action', name: 'stopShare' });
        },
        openInBrowser: () => send({ type: 'action', name: 'openInBrowser' }),
        act: (name) => send({ type: 'action', name }),
        optimizeFor(contentHint) {
            settings = settings && { ...settings, contentHint };
            if (settings) void changeHint(settings, capture.now, sfu, mesh);
        },
    });
    const ended = (): void => end('You stopped sharing in the browser.');
    const page = { root, ui, send };
    const capture = createCapture({ ...page, cover: () => hold.cover, worker, captured: () => publish(), ended });
    const side = createReportedSideChannel(now, send);
    ui.pointing(createSharerPointing(ui.video, side, now, send));
    const sfu = createSfuPublication({
        keys,
        side,
        worker,
        held: () => hold.silent,
        ...sfuEvents(
            ui,
            send,
            () => live('livekit'),
            (detail) => lost(detail),
        ),
    });

    const publish = (): void => {
        if (capture.now && settings) void sfu.publish(capture.now, settings);
    };
    const publishDirectly = (): void => {
        if (mesh) return live('mesh');
        if (!capture.now || !settings) return;
        mesh = createMeshPublisher(meshSource(capture.now, settings), send, side.add, showRoute);
        live('mesh');
    };
    /** While viewers move between transports, shows the route that they come from. */
    const showRoute = (): void => ui.route(mesh?.route ?? (sfu.publisher ? 'sfu' : undefined));
    const live = (transport: Transport): void => {
        showRoute();
        ui.phase(hold.held ? 'held' : 'live');
        send({ type: 'share.published', transport });
    };
    /** Continues without the SFU if the share can also go directly. */
    const lost = (detail: string): void => {
        if (!mesh) return fail(detail);
        sfu.leave();
        showRoute();
        send({ type: 'share.serverLost', detail: detail.slice(0, 1_000) });
    };
    const fail = (detail: string): void => {
        stop();
        ui.phase('failed', detail);
        send({ type: 'share.failed', detail: detail.slice(0, 1_000) });
    };
    const stop = (): void => {
        sfu.leave();
        mesh?.close();
        mesh = undefined;
        ui.route(undefined);
        capture.drop();
    };
    const end = (detail: string): void => {
        stop();
        ui.phase('ended', detail);
    };
    const hold = createPictureHold({ ui, send, capture, sfu, publish, fail });
    const current = () => ({ settings, mesh });
    const sample = createShareSampler({ root, ui, send, now, capture, sfu, current });
    setInterval(() => void sample().catch(() => undefined), SAMPLE_MS);

    return {
        handle(message) {
            side.handle(message);
            if (isForMesh(message)) return mesh?.handle(message);
            switch (message.type) {
                case 'init':
                    return ui.heading(message.roomName);
                case 'share.capture':
                    settings = message.settings;
                    ui.optimizedFor(settings.contentHint);
                    return capture.offer(settings);
                case 'share.prepare':
                    return sfu.prepare(message);
                case 'share.publish':
                    if (sfu.publisher) return live('livekit');
                    sfu.want(message);
                    return publish();
                case 'share.direct':
                    return publishDirectly();
                case 'share.viewers':
                    return ui.viewers(message.viewers);
                case 'share.hold':
                    return hold.hold(message.held);
                case 'share.cover':
                    return hold.coverWith(message);
                case 'share.unpublish':
                    sfu.leave();
                    hold.release();
                    ui.phase('live');
                    return showRoute();
                case 'share.stop':
                    return end(message.reason || 'Sharing has ended.');
                default:
                    return; // for a page that shows a share
            }
        },
        gone: end,
    };
}

function isForMesh(message: HostMessage): message is Extract<HostMessage, { type: `mesh.${string}` }> {
    return message.type.startsWith('mesh.');
}

function meshSource({ gate, width, height, maxBitrate }: Captured, settings: ShareSettings) {
    return {
        track: gate.take(),
        width,
        height,
        maxBitrate,
        maxFrameRate: settings.maxFrameRate,
        degradation: degradation(settings),
    };
}

/** The person changes what to keep while the share runs. */
async function changeHint(
    settings: ShareSettings,
    captured: Captured | undefined,
    sfu: SfuPublication,
    mesh: MeshPublisher | undefined,
): Promise<void> {
    const preference = degradation(settings);
    if (captured) captured.track.contentHint = settings.contentHint;
    captured?.gate.hint(settings.contentHint);
    await Promise.all([mesh?.prefer(preference), sfu.publisher?.prefer(preference)]);
}

/** What the person and the host hear of the share at the SFU. */
function sfuEvents(
    ui: ShareUi,
    send: (message: PageMessage) => void,
    live: () => void,
    failed: (detail: string) => void,
) {
    return {
        live,
        failed,
        reconnected: live,
        reconnecting() {
            ui.phase('reconnecting');
            send({ type: 'share.reconnecting' });
        },
        warn: (text: string) => send({ type: 'log', level: 'warn', text: `share: ${text}`.slice(0, 1_000) }),
    };
}

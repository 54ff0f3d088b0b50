/** The view role: connection, keys, picture and verdict, driven by the host's messages. */
import type { HostMessage, PageMessage } from '../../core/share/mediaMessages.ts';
import type { KeyRing } from '../../livekit/browser/mediaKeys.ts';
import { PLACEHOLDER_PX } from '../../livekit/browser/playout/placeholders.ts';
import { createPlayoutControl } from '../../livekit/browser/playout/playoutControl.ts';
import type { PlayoutTrack } from '../../livekit/browser/playout/playoutTrack.ts';
import { createPointing } from '../pointing/pointing.ts';
import { createReportedSideChannel } from '../sideChannel/reportSideChannel.ts';
import { createNextSubscription, type NextSubscription } from './nextSubscription.ts';
import { createObserver } from './observer.ts';
import { watchSeen } from './pictureSeen.ts';
import { bitRate, readReceiver, type ReceiverSample } from './receiverStats.ts';
import {
    createDirectSubscription,
    createSfuSubscription,
    type SubscriptionEvents,
    type Subscription,
} from './subscription.ts';
import { judge, type Verdict } from './viewHealth.ts';
import { createViewerUi } from './viewerUi.ts';

const SAMPLE_MS = 1_000;
/** ms between verdicts besides the samples, so that a first frame shows at once. */
const JUDGE_MS = 250;

export interface ViewController {
    handle(message: HostMessage): void;
    /** The host is gone, so watching stops. */
    gone(reason: string): void;
}

interface Options {
    readonly root: HTMLElement;
    readonly keys: KeyRing;
    readonly worker: () => Promise<string>;
    readonly send: (message: PageMessage) => void;
    readonly now: () => number;
}

export function createViewController({ root, keys, worker, send, now }: Options): ViewController {
    const playout = createPlayoutControl();
    const side = createReportedSideChannel(now, send);
    const ui = createViewerUi(
        root,
        (name) => send({ type: 'action', name }),
        (snapshot) => send({ type: 'view.snapshot', ...snapshot }),
        (smooth) => playout.immediate(!smooth),
        createPointing(side, now),
    );
    const observer = createObserver();
    watchSeen(ui.stage, (seen) => playout.hidden(!seen));
    let shown: Subscription | undefined;
    /** A new connection that waits for its first picture. */
    let next: NextSubscription | undefined;
    let over: Verdict | undefined;
    let reported: Verdict | undefined;
    let reportedScreens = '';
    let track: MediaStreamTrack | undefined;
    let shownPlayer: PlayoutTrack | undefined;
    /** Waits hidden for the first whole picture of the other player. */
    let changing: HTMLVideoElement | undefined;
    let before: ReceiverSample | undefined;

    const screenNow = () => shown?.state.screen;
    const judged = (): Verdict => {
        const screen = screenNow();
        const verdict = judge(
            observer.observed({
                connection: shown?.state.connection ?? 'connecting',
                screen: !screen ? 'none' : screen.encrypted ? 'encrypted' : 'unencrypted',
                paused: screen?.paused ?? false,
                lost: screen?.lost ?? false,
                steady: screen?.steady ?? false,
                // On a direct connection, the handshake authenticates everything that arrives, so no media key is
                // needed.
                hasKey: shown?.transport === 'mesh' || (screen !== undefined && keys.has(screen.identity)),
            }),
            now(),
        );
        // The old connection is closed, and the new one is not ready yet.
        const between = next && (verdict.state === 'notSharing' || verdict.state === 'failed');
        return between ? { state: 'reconnecting', detail: '' } : verdict;
    };
    const report = (): void => {
        const verdict = over ?? judged();
        if (verdict.state === reported?.state && verdict.detail === reported.detail) return;
        reported = verdict;
        ui.verdict(verdict);
        send({ type: 'view.state', ...verdict });
    };
    const changed = (): void => {
        ui.route(shown?.route);
        const nextTrack = screenNow()?.track;
        const player = screenNow()?.playout;
        if (nextTrack !== track) {
            if (nextTrack && track && player === shownPlayer) changePlayer(nextTrack);
            else {
                ui.attach(nextTrack);
                trackChanged(nextTrack);
            }
        }
        shownPlayer = player;
        const seen = shown?.state.screens ?? [];
        const screens = JSON.stringify(seen);
        if (screens !== reportedScreens) {
            reportedScreens = screens;
            send({ type: 'view.screens', identities: [...seen] });
        }
        report();
    };
    /** The same screen comes from the other player: its element replaces the old one with the first whole picture. */
    const changePlayer = (to: MediaStreamTrack): void => {
        changing?.remove();
        const video = (changing = ui.add());
        video.srcObject = new MediaStream([to]);
        void video.play().catch(() => undefined); // muted autoplay is always allowed
        track = to;
        before = undefined;
        observer.trackChanged();
        observer.frameShown(now()); // the picture of the old player stays until then
        const look = (): void => {
            if (track !== to) return; // it was removed
            if (video.videoWidth <= PLACEHOLDER_PX) return void video.requestVideoFrameCallback(look);
            changing = undefined;
            ui.show(video);
            watchFrames(video, to);
        };
        video.requestVideoFrameCallback(look);
    };
    const trackChanged = (to: MediaStreamTrack | undefined): void => {
        changing?.remove();
        changing = undefined;
        track = to;
        before = undefined;
        observer.trackChanged();
        if (track) watchFrames(ui.video, track);
    };
    const watchFrames = (video: HTMLVideoElement, of: MediaStreamTrack): void => {
        video.requestVideoFrameCallback(() => {
            if (track !== of) return;
            observer.frameShown(now());
            report();
            watchFrames(video, of);
        });
    };
    const stay = (): void => {
        next?.close();
        next = undefined;
    };
    const disconnect = (): void => {
        stay();
        shown?.close();
        shown = undefined;
        changed();
    };
    const failed = (error: unknown): void =>
        send({
            type: 'log',
            level: 'warn',
            text: `view: ${error instanceof Error ? error.message : 'could not connect'}`.slice(0, 1_000),
        });
    /** Shows the picture of this connection at once. With `handover`, waits for its first picture. */
    const take = (handover: boolean, create: (events: SubscriptionEvents) => Subscription): void => {
        over = undefined;
        const beside = handover && shown !== undefined;
        if (beside) stay();
        else disconnect();
        const path: Subscription = create({
            changed() {
                if (next?.path === path) next.changed();
                else if (shown === path) changed();
            },
            decryptionFailed(identity, reason) {
                if (shown !== path || (identity !== undefined && identity !== screenNow()?.identity)) return;
                observer.decryptionFailed(reason, now());
                report();
            },
            failed(error) {
                failed(error);
                if (next?.path === path) {
                    stay();
                    report();
                    send({ type: 'view.moved', transport: path.transport, ok: false });
                } else if (shown === path) end({ state: 'failed', detail: 'The media server could not be reached.' });
            },
        });
        if (!beside) {
            shown = path;
            return changed();
        }
        next = createNextSubscription(path, ui.add(), swap);
        next.changed();
    };
    const swap = (): void => {
        if (!next) return;
        const old = shown;
        const { path, video } = next;
        next = undefined;
        shown = path;
        ui.show(video);
        trackChanged(path.state.screen?.track);
        observer.frameShown(now());
        old?.close();
        changed();
        send({ type: 'view.moved', transport: path.transport, ok: true });
    };
    const connect = (to: Extract<HostMessage, { type: 'view.connect' }>): void =>
        take(to.handover ?? false, (events) => createSfuSubscription(to, keys, worker, playout, side, events));
    const end = (verdict: Verdict): void => {
        disconnect();
        over = verdict;
        report();
    };
    const sample = async (): Promise<void> => {
        const screen = screenNow();
        const stats = await screen?.stats();
        const read = screen && stats && screen.track === track ? readReceiver(stats, now(), screen.playout) : undefined;
        if (!read) return;
        playout.roundTrip(read.roundTripMs);
        observer.sampled(read);
        const bitsPerSecond = bitRate(before, read);
        before = read;
        ui.stats(read, bitsPerSecond, screen?.playout);
    };
    setInterval(() => void sample().catch(() => undefined), SAMPLE_MS);
    setInterval(report, JUDGE_MS);
    report();

    return {
        handle(message) {
            side.handle(message);
            switch (message.type) {
                case 'init':
                    playout.immediate(!message.smoothMotion);
                    ui.smoothMotion(message.smoothMotion);
                    return ui.named(message.title);
                case 'view.connect':
                    return connect(message);
                case 'view.direct':
                    return take(message.handover ?? false, (events) =>
                        createDirectSubscription(message.identity, worker, playout, side, send, events),
                    );
                case 'view.stay':
                    stay();
                    return report();
                case 'mesh.open':
                case 'mesh.description':
                case 'mesh.candidates':
                case 'mesh.restart':
                case 'mesh.servers':
                case 'mesh.close':
                    return (next?.path.transport === 'mesh' ? next.path : shown)?.handle(message);
                case 'view.sharer':
                    return ui.sharer(message);
                case 'view.withheld':
                    return ui.withheld(message.reason);
                case 'view.audience':
                    return ui.audience(message.text, message.detail, message.tone);
                case 'view.cover':
                    return ui.covered(message.cover);
                case 'view.place':
                    return ui.place(message);
                case 'view.command':
                    return ui.command(message.command);
                case 'view.again':
                    return ui.again(message.again);
                case 'view.end':
                    return end({ state: message.state, detail: message.detail });
                case 'keys.set':
                    if (message.identity === screenNow()?.identity) observer.keyChanged(now());
                    return;
                default:
                    return; // for a page that shares
            }
        },
        gone: (reason) => end({ state: 'ended', detail: reason }),
    };
}

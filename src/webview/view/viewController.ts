/** The view role: connection, keys, picture and verdict, from the host's messages. */
import type { HostMessage, PageMessage } from '../protocol/messages.ts';
import { watchScreen } from '../../livekit/browser/screenSubscriber.ts';
import type { Subscriber, SubscriberState } from '../../livekit/browser/screenSubscriber.ts';
import type { KeyRing } from '../../livekit/browser/mediaKeys.ts';
import { createMeshSubscriber } from '../mesh/meshSubscriber.ts';
import type { MeshSubscriber } from '../mesh/meshSubscriber.ts';
import { createObserver } from './observer.ts';
import { bitRate, readReceiver } from './receiverStats.ts';
import type { ReceiverSample } from './receiverStats.ts';
import { judge } from './viewHealth.ts';
import type { Verdict } from './viewHealth.ts';
import { createViewerUi } from './viewerUi.ts';

const SAMPLE_MS = 1_000;
/** How often the verdict is taken again between samples, so that a first frame shows at once. */
const JUDGE_MS = 250;

export interface ViewController {
    handle(message: HostMessage): void;
    /** The host is gone: nothing is watched any more. */
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
    const ui = createViewerUi(root, (name) => send({ type: 'action', name }));
    const observer = createObserver();
    let request: Extract<HostMessage, { type: 'view.connect' }> | undefined;
    let state: SubscriberState = { connection: 'connecting', screens: [], screen: undefined };
    let subscriber: Subscriber | undefined;
    /** Instead of a subscriber, where the sharer's own device sends. */
    let mesh: MeshSubscriber | undefined;
    /** Rises with each connection, so that what an abandoned one still says is not heard. */
    let attempt = 0;
    let over: Verdict | undefined;
    let reported: Verdict | undefined;
    let reportedScreens = '';
    let track: MediaStreamTrack | undefined;
    let before: ReceiverSample | undefined;

    const report = (): void => {
        const { screen } = state;
        const verdict =
            over ??
            judge(
                observer.observed({
                    connection: state.connection,
                    screen: !screen ? 'none' : screen.encrypted ? 'encrypted' : 'unencrypted',
                    paused: screen?.paused ?? false,
                    lost: screen?.lost ?? false,
                    steady: screen?.steady ?? false,
                    // Directly, the connection itself is keyed: nothing can arrive that its handshake did not authenticate.
                    hasKey: mesh !== undefined || (screen !== undefined && keys.has(screen.identity)),
                }),
                now(),
            );
        if (verdict.state === reported?.state && verdict.detail === reported.detail) return;
        reported = verdict;
        ui.verdict(verdict);
        send({ type: 'view.state', ...verdict });
    };
    const changed = (next: SubscriberState): void => {
        state = next;
        ui.path(mesh ? mesh.path : next.connection === 'connected' ? 'sfu' : undefined);
        const nextTrack = next.screen?.track;
        if (nextTrack !== track) {
            track = nextTrack;
            before = undefined;
            observer.trackChanged();
            ui.attach(track);
            if (track) watchFrames(ui.video, track);
        }
        const screens = JSON.stringify(next.screens);
        if (screens !== reportedScreens) {
            reportedScreens = screens;
            send({ type: 'view.screens', identities: [...next.screens] });
        }
        report();
    };
    const watchFrames = (video: HTMLVideoElement, of: MediaStreamTrack): void => {
        video.requestVideoFrameCallback(() => {
            if (track !== of) return;
            observer.frameShown(now());
            report();
            watchFrames(video, of);
        });
    };
    const disconnect = (): void => {
        attempt++;
        subscriber?.close();
        subscriber = undefined;
        mesh?.close();
        mesh = undefined;
        changed({ connection: 'connecting', screens: [], screen: undefined });
    };
    const connect = async (to: Extract<HostMessage, { type: 'view.connect' }>): Promise<void> => {
        over = undefined;
        disconnect();
        const mine = attempt;
        try {
            const next = await watchScreen({ ...to.grant, identity: to.identity }, keys, await worker(), {
                changed: (s) => mine === attempt && changed(s),
                decryptionFailed(identity, reason) {
                    if (mine !== attempt || (identity !== undefined && identity !== state.screen?.identity)) return;
                    observer.decryptionFailed(reason, now());
                    report();
                },
            });
            if (mine === attempt) subscriber = next;
            else next.close();
        } catch (error) {
            if (mine !== attempt) return;
            send({
                type: 'log',
                level: 'warn',
                text: `view: ${error instanceof Error ? error.message : 'could not connect'}`.slice(0, 1_000),
            });
            end({ state: 'failed', detail: 'The media server could not be reached.' });
        }
    };
    const connectDirectly = (identity: string): void => {
        over = undefined;
        disconnect();
        const mine = attempt;
        mesh = createMeshSubscriber(identity, send, (s) => mine === attempt && changed(s));
        changed(state);
    };
    const end = (verdict: Verdict): void => {
        disconnect();
        over = verdict;
        report();
    };
    const sample = async (): Promise<void> => {
        const { screen } = state;
        const report_ = await screen?.stats();
        const next = report_ && screen?.track === track ? readReceiver(report_, now()) : undefined;
        if (!next) return;
        observer.sampled(next);
        const bitsPerSecond = bitRate(before, next);
        before = next;
        ui.stats(next, bitsPerSecond);
        const { framesDecoded, width, height, framesPerSecond, roundTripMs, codec } = next;
        send({ type: 'stats', framesDecoded, width, height, framesPerSecond, bitsPerSecond, roundTripMs, codec });
    };
    setInterval(() => void sample().catch(() => undefined), SAMPLE_MS);
    setInterval(report, JUDGE_MS);
    report();

    return {
        handle(message) {
            switch (message.type) {
                case 'view.connect':
                    request = message;
                    return void connect(message);
                case 'view.direct':
                    return connectDirectly(message.identity);
                case 'mesh.open':
                case 'mesh.description':
                case 'mesh.candidates':
                case 'mesh.restart':
                case 'mesh.close':
                    return mesh?.handle(message);
                case 'view.sharer':
                    return ui.sharer(message);
                case 'view.end':
                    return end({ state: message.state, detail: message.detail });
                case 'keys.set':
                    if (message.identity === state.screen?.identity) observer.keyChanged(now());
                    return;
                case 'keys.clear':
                    // The worker cannot forget a key, so it goes with its connection.
                    if (request && !over) void connect(request);
                    return;
            }
        },
        gone: (reason) => end({ state: 'ended', detail: reason }),
    };
}

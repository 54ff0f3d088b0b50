/** The capture of a share: asks the browser for a screen, shows it, and drops it. */
import type { Cover, PageMessage, ShareSettings } from '../../core/share/mediaMessages.ts';
import { changedBitrate, MAX_CAPTURE_PX } from '../capture/encoding.ts';
import { captureScreen, type Captured } from '../capture/screenCapture.ts';
import type { ShareUi } from './shareUi.ts';

export interface ShareCapture {
    /** What is captured now. */
    readonly now: Captured | undefined;
    /** Asks at once if the person has just clicked. Otherwise shows a button. */
    offer(settings: ShareSettings): void;
    choose(settings: ShareSettings | undefined): Promise<void>;
    /**
     * Looks at the size: a captured window changes it, and the person may switch to another screen. Returns the
     * capture if it has changed.
     */
    resized(settings: ShareSettings): Captured | undefined;
    drop(): void;
}

export interface ShareCaptureOptions {
    readonly root: HTMLElement;
    readonly ui: Pick<ShareUi, 'phase' | 'offerBrowser' | 'preview' | 'size' | 'asleep'>;
    readonly send: (message: PageMessage) => void;
    /** What hides the screen now. */
    readonly cover: () => Cover | null;
    readonly worker: () => Promise<string>;
    readonly captured: () => void;
    /** The person ended the capture in the browser. */
    readonly ended: () => void;
}

export function createCapture({ root, ui, send, cover, worker, captured, ended }: ShareCaptureOptions): ShareCapture {
    let current: Captured | undefined;
    let busy = false;
    /** Increases when the capture is dropped, so that one that is being chosen is dropped too. */
    let run = 0;

    const refused = ({ reason, detail }: Problem): void => {
        ui.offerBrowser(reason === 'unsupported');
        // A missing click is no failure for the person: they click the button.
        if (reason === 'needsGesture') ui.phase('choose');
        else ui.phase('failed', detail);
        send({ type: 'capture.failed', reason, detail });
    };
    /** Nothing goes around the gate, so the share is over. The host ends the rest. */
    const gateFailed = (): void => {
        if (!current) return;
        drop();
        ui.phase('failed', GATE_FAILED);
        send({ type: 'share.failed', detail: GATE_FAILED });
    };
    const drop = (): void => {
        run++;
        const old = current;
        current = undefined;
        ui.preview(undefined);
        if (old) release(old);
    };
    const choose = async (settings: ShareSettings | undefined): Promise<void> => {
        if (busy || current || !settings) return;
        busy = true;
        ui.phase('picking');
        const mine = run;
        const result = await captureScreen(settings, cover, worker, gateFailed).finally(() => (busy = false));
        if (mine !== run) {
            if (result.ok) release(result.captured);
            return;
        }
        if (!result.ok) return refused(result.problem);
        current = result.captured;
        current.gate.cover(cover()).catch(gateFailed); // it may have changed while the gate opened
        const { track, width, height, surface, stream, steady } = current;
        track.addEventListener('ended', () => {
            if (current?.track !== track) return;
            ended();
            send({ type: 'capture.ended' });
        });
        for (const type of ['mute', 'unmute'] as const)
            track.addEventListener(type, () => current?.track === track && ui.asleep(track.muted));
        ui.asleep(track.muted);
        root.dataset['hushSteady'] = String(steady);
        ui.preview(stream);
        ui.size(width, height);
        ui.phase('starting');
        send({ type: 'capture.started', width, height, surface });
        captured();
    };

    return {
        get now() {
            return current;
        },
        offer(settings) {
            if (current) return;
            if (navigator.userActivation?.isActive) void choose(settings);
            else ui.phase('choose');
        },
        choose,
        resized(settings) {
            const { width = 0, height = 0 } = current?.track.getSettings() ?? {};
            // Before the first picture, Chromium reports the size that was asked for.
            if (!current || current.track.muted || width === 0 || width === MAX_CAPTURE_PX) return undefined;
            if (width === current.width && height === current.height) return undefined;
            const fitting = settings.maxBitrate || changedBitrate(current.maxBitrate, width, height);
            current = { ...current, width, height, maxBitrate: fitting ?? current.maxBitrate };
            return current;
        },
        drop,
    };
}

const GATE_FAILED = 'The part of this page that hides secrets failed, so sharing was stopped.';

type Problem = Extract<Awaited<ReturnType<typeof captureScreen>>, { ok: false }>['problem'];

function release(captured: Captured): void {
    captured.gate.close();
    for (const track of captured.stream.getTracks()) track.stop();
}

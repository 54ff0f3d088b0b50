/** The viewer tab: toolbar, stage, state line, statistics. Renders what it is given and decides nothing. */
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import {
    bitRateWords,
    encryptionWords,
    pathWords,
    PAUSED_WORDS,
    trustWords,
    viewWords,
    withheldWords,
} from '../ui/words.ts';
import type { WayAction } from '../ui/words.ts';
import type { Path, TrustLevel, WithheldReason } from '../protocol/messages.ts';
import { createSnapshotTaker, type Snapshot } from './snapshot.ts';
import { createStage } from './stage.ts';
import type { ReceiverSample } from './receiverStats.ts';
import { createToolbar } from './toolbar.ts';
import { PAUSED } from './viewHealth.ts';
import type { Verdict } from './viewHealth.ts';

export interface Sharer {
    readonly name: string;
    readonly deviceId: string;
    readonly trust: TrustLevel;
}

export interface ViewerUi {
    readonly video: HTMLVideoElement;
    sharer(sharer: Sharer): void;
    verdict(verdict: Verdict): void;
    /** The sharer's device keeps the picture from ours; null: not any more. */
    withheld(reason: WithheldReason | null): void;
    /** Who can see the share, in one line. */
    audience(text: string, detail: string, tone: 'good' | 'warn'): void;
    /** How the picture travels; undefined while it does not. */
    path(path: Path | undefined): void;
    stats(sample: ReceiverSample, bitsPerSecond: number): void;
    /** Without a track: the last picture must not stay on a refused or ended share. */
    attach(track: MediaStreamTrack | undefined): void;
    /** Another element for a picture, unseen until `show` puts it in the place of the one that is shown. */
    add(): HTMLVideoElement;
    show(video: HTMLVideoElement): void;
    /** Lets the person choose what to send of the picture that is shown now. */
    snapshot(): void;
}

export type ViewerAction = WayAction | 'fullScreen' | 'whoCanSee';

/** States in which a share that is kept from us may be: then its sharer's reason is said instead. */
const NO_PICTURE: ReadonlySet<Verdict['state']> = new Set([
    'connecting',
    'waitingForKey',
    'reconnecting',
    'wrongKey',
    'failed',
]);

/** What is not shown (refused, ended, paused) is not sent either. */
const SHOWN: ReadonlySet<Verdict['state']> = new Set(['live', 'frozen', 'reconnecting']);

export function createViewerUi(
    root: HTMLElement,
    onAction: (action: ViewerAction) => void,
    onSnapshot: (snapshot: Snapshot) => void,
): ViewerUi {
    let who: Sharer = { name: '', deviceId: '', trust: 'unknown' };
    let withheld: WithheldReason | null = null;
    let shown: Verdict = { state: 'connecting', detail: '' };

    const stage = createStage((percent, fits) => toolbar.zoomed(percent, fits));
    const statsPanel = h('dl', { class: 'stats', 'aria-label': 'Statistics' });
    statsPanel.hidden = true;
    const taker = createSnapshotTaker(stage.element, onSnapshot, (sentence) => setText(line, sentence));
    const snapshot = (): void => {
        const taken = SHOWN.has(shown.state) && shown.detail !== PAUSED && taker.take(stage.video);
        if (!taken) setText(line, 'There is no picture to send yet.');
    };
    const toolbar = createToolbar({
        snapshot,
        fit: stage.fit,
        exact: stage.exact,
        zoomIn: stage.zoomIn,
        zoomOut: stage.zoomOut,
        fullScreen: () => void toggleFullScreen(root, () => onAction('fullScreen')),
        whoCanSee: () => onAction('whoCanSee'),
        toggleStats() {
            statsPanel.hidden = !statsPanel.hidden;
            toolbar.statsShown(!statsPanel.hidden);
        },
    });
    const badgeIcon = h('span', { class: 'badge-icon' });
    const badgeText = h('span', { class: 'badge-text' });
    const badge = h('div', { class: 'badge' }, badgeIcon, badgeText);
    const device = h('span', { class: 'device' });
    const route = h('span', { class: 'device' });
    const audience = h('button', { type: 'button', class: 'audience', title: 'Who can see this' });
    audience.hidden = true;
    audience.addEventListener('click', () => onAction('whoCanSee'));
    const headline = h('h1');
    const explanation = h('p');
    const way = h('button', { type: 'button', class: 'primary' });
    const overlay = h('div', { class: 'overlay' }, headline, explanation, way);
    const line = h('span', { class: 'line', role: 'status', 'aria-live': 'polite' });
    const lineWay = h('button', { type: 'button', class: 'link' });
    const size = h('span', { class: 'size' });
    for (const button of [way, lineWay]) {
        button.addEventListener('click', () => onAction((button.dataset['action'] ?? 'retry') as ViewerAction));
    }
    stage.element.append(overlay, statsPanel);
    root.replaceChildren(
        h('header', { class: 'bar' }, badge, device, route, audience, h('span', { class: 'grow' }), toolbar.element),
        stage.element,
        h(
            'footer',
            { class: 'foot' },
            h('span', { class: 'dot', 'aria-hidden': 'true' }),
            line,
            lineWay,
            h('span', { class: 'grow' }),
            size,
        ),
    );

    const render = (): void => {
        const paused = shown.detail === PAUSED;
        const kept = withheld !== null && NO_PICTURE.has(shown.state) ? withheld : undefined;
        const words = kept ? withheldWords(kept, who.name) : paused ? PAUSED_WORDS : viewWords(shown.state, who.name);
        root.dataset['hushWithheld'] = kept ?? '';
        root.dataset['hushPaused'] = String(paused);
        const encryption = encryptionWords(shown.state);
        root.dataset['hushState'] = shown.state;
        root.dataset['hushE2ee'] =
            encryption.tone === 'good' ? 'on' : encryption.tone === 'bad' ? 'refused' : 'pending';
        badge.dataset['tone'] = encryption.tone;
        badgeIcon.replaceChildren(icon(encryption.tone === 'bad' ? 'warning' : 'lock'));
        setText(badgeText, encryption.label);
        setText(device, who.deviceId ? `device ${who.deviceId} · ${trustWords(who.trust)}` : '');
        device.dataset['trust'] = who.trust;
        // "Frozen" says why in the line; the picture stays visible under it.
        setText(line, shown.state === 'frozen' && shown.detail && !paused ? `Frozen: ${shown.detail}` : words.line);
        setHidden(overlay, words.headline === undefined);
        setText(headline, words.headline ?? '');
        setText(explanation, (paused || kept ? '' : shown.detail) || (words.explanation ?? ''));
        const inLine = words.headline === undefined;
        for (const [button, used] of [
            [way, !inLine],
            [lineWay, inLine],
        ] as const) {
            setHidden(button, !used || !words.way);
            setText(button, words.way?.label ?? '');
            button.dataset['action'] = words.way?.action ?? '';
        }
    };
    render();
    return {
        get video() {
            return stage.video;
        },
        add: stage.add,
        show: stage.show,
        snapshot,
        sharer(next) {
            who = next;
            stage.element.setAttribute(
                'aria-label',
                `Shared screen of ${next.name}. Use plus and minus to zoom, arrow keys to move.`,
            );
            render();
        },
        withheld(reason) {
            withheld = reason;
            if (reason !== null) setHidden(audience, true); // what was told before is not true any more
            render();
        },
        audience(text, detail, tone) {
            setHidden(audience, false);
            setText(audience, text);
            audience.title = `${detail}. Click to see who.`;
            audience.dataset['tone'] = tone;
        },
        verdict(next) {
            shown = next;
            render();
        },
        path(path) {
            root.dataset['hushPath'] = path ?? '';
            const words = path && pathWords(path);
            setText(route, words?.label ?? '');
            route.title = badge.title = words?.explanation ?? '';
        },
        stats(sample, bitsPerSecond) {
            root.dataset['hushFramesDecoded'] = String(sample.framesDecoded);
            const { videoWidth, videoHeight } = stage.video;
            root.dataset['hushWidth'] = String(videoWidth);
            root.dataset['hushHeight'] = String(videoHeight);
            setText(size, videoWidth > 0 ? `${videoWidth} × ${videoHeight}` : '');
            if (!statsPanel.hidden) renderStats(statsPanel, sample, bitsPerSecond);
        },
        attach(track) {
            const { video } = stage;
            if (track) {
                video.srcObject = new MediaStream([track]);
                void video.play().catch(() => undefined); // muted autoplay is always allowed; a stopped one starts again on focus
            } else {
                if (video.srcObject) video.srcObject = null;
                setText(size, '');
            }
        },
    };
}

function renderStats(panel: HTMLElement, sample: ReceiverSample, bitsPerSecond: number): void {
    const rows: readonly (readonly [string, string])[] = [
        ['Picture', `${sample.width} × ${sample.height}`],
        ['Frames', `${sample.framesPerSecond} per second`],
        ['Decoded', `${sample.framesDecoded}`],
        ['Rate', bitRateWords(bitsPerSecond)],
        ['Round trip', sample.roundTripMs > 0 ? `${sample.roundTripMs} ms` : '…'],
        ['Codec', sample.codec || '…'],
    ];
    panel.replaceChildren(...rows.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]));
}

/** Frames may forbid it (VS Code's webviews do): then the host maximises the tab. */
async function toggleFullScreen(root: HTMLElement, otherwise: () => void): Promise<void> {
    try {
        if (document.fullscreenElement) await document.exitFullscreen();
        else if (document.fullscreenEnabled) await root.requestFullscreen({ navigationUI: 'hide' });
        else otherwise();
    } catch {
        otherwise();
    }
}

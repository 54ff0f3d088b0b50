/** The share page: the share, its viewers, and the buttons to start and stop. Renders only what it is given. */
import type { Cover, Route, ShareSettings, Viewer } from '../../core/share/mediaMessages.ts';
import { h, setHidden, setText } from '../ui/dom.ts';
import { icon } from '../ui/icons.ts';
import { routeWords } from '../ui/words.ts';
import { canReplaceFrames } from '../capture/screenGate.ts';
import { createCoverControls, type CoverAction } from './coverControls.ts';
import { createViewerList } from './viewerList.ts';

const sharePhases = [
    'waiting',
    'choose',
    'picking',
    'starting',
    'live',
    'held',
    'reconnecting',
    'failed',
    'ended',
] as const;
type SharePhase = (typeof sharePhases)[number];

export interface ShareUi {
    heading(roomName: string): void;
    /** `detail` replaces the sentence of the phase. */
    phase(phase: SharePhase, detail?: string): void;
    /** Nothing comes from the source, for example while its window is minimised. */
    asleep(asleep: boolean): void;
    /** A card goes out in place of the screen, or the screen itself (null). `file`: the name of the file with secrets. */
    cover(cover: Cover | null, file: string): void;
    preview(stream: MediaStream | undefined): void;
    size(width: number, height: number): void;
    viewers(viewers: readonly Viewer[]): void;
    /** Shows pointers over the preview, and the controls for them. */
    pointing(parts: PointingParts): void;
    /** The preview of what is shared. */
    readonly video: HTMLVideoElement;
    /** The route. Undefined while there is none. */
    route(route: Route | undefined): void;
    /** Why fewer frames leave than wanted. Empty if nothing is to be said. */
    limited(words: string): void;
    optimizedFor(hint: ShareSettings['contentHint']): void;
    /** Shown when this page cannot capture but a browser can. */
    offerBrowser(offer: boolean): void;
}

/** Pointers over the preview, and who may point. */
interface PointingParts {
    readonly layer: HTMLElement;
    readonly controls: HTMLElement;
    permission(viewer: Viewer): HTMLElement;
}

export interface ShareActions {
    choose(): void;
    stop(): void;
    act(name: CoverAction): void;
    openInBrowser(): void;
    optimizeFor(hint: ShareSettings['contentHint']): void;
}

const LINES: Readonly<Record<SharePhase, string>> = {
    waiting: 'Getting ready…',
    choose: 'Your browser will ask which screen, window or tab to share. Nothing is sent before you choose.',
    picking: 'Choose what to share in the dialog of your browser.',
    starting: 'Starting: encrypting and connecting…',
    live: 'Live. Closing this tab ends the share.',
    held: 'Paused: the key could not be delivered to everybody, so no picture is sent.',
    reconnecting: 'The connection was interrupted. Reconnecting…',
    failed: 'Sharing did not start.',
    ended: 'Sharing has ended.',
};
const PROMISE = 'End-to-end encrypted: only devices in this session can see the picture, no server can.';
const ASLEEP = 'No new picture comes from what you share; its window may be minimised. Viewers keep the last picture.';
const SENDING: ReadonlySet<SharePhase> = new Set(['starting', 'live', 'held', 'reconnecting']);
/** Phases whose line says that the screen is hidden. A share that begins hidden may wait in `starting`. */
const COVERABLE: ReadonlySet<SharePhase> = new Set(['starting', 'live']);
const CHOOSING: ReadonlySet<SharePhase> = new Set(['choose', 'picking', 'failed']);

export function createShareUi(root: HTMLElement, actions: ShareActions): ShareUi {
    let roomName = '';
    let current: SharePhase = 'waiting';
    let asleep = false;
    const title = h('h1', {}, 'Share your screen');
    const line = h('p', { class: 'line', role: 'status', 'aria-live': 'polite' });
    const choose = h(
        'button',
        { type: 'button', class: 'primary big' },
        icon('screen'),
        h('span', {}, 'Choose a Screen, Window or Tab…'),
    );
    const browser = h('button', { type: 'button', class: 'secondary' }, 'Share from My Browser Instead');
    const video = h('video', { class: 'preview', playsinline: true, 'aria-label': 'Preview of what you share' });
    video.muted = true;
    video.autoplay = true;
    const cover = createCoverControls(actions.act, canReplaceFrames());
    const sizeText = h('span', { class: 'size' });
    const routeText = h('span', { class: 'size' });
    const limit = h('span', { class: 'limit', role: 'status' });
    const optimize = optimizeChoice(actions.optimizeFor);
    const stop = h('button', { type: 'button', class: 'primary stop' }, icon('stop'), h('span', {}, 'Stop Sharing'));
    const frame = h('div', { class: 'frame' }, video, cover.veil);
    const figure = h(
        'figure',
        { class: 'shared' },
        frame,
        h('figcaption', {}, sizeText, routeText, limit, h('span', { class: 'grow' }), optimize, ...cover.buttons, stop),
    );
    const watching = createViewerList();
    const promise = h('p', { class: 'promise' }, icon('lock'), h('span', {}, PROMISE));

    choose.addEventListener('click', actions.choose);
    stop.addEventListener('click', actions.stop);
    browser.addEventListener('click', actions.openInBrowser);
    browser.hidden = true;
    root.replaceChildren(
        h('main', { class: 'share' }, title, line, choose, browser, figure, watching.element, promise),
    );

    const sayPhase = (detail?: string): void => {
        const sleeps = asleep && current === 'live';
        const covered = COVERABLE.has(current) ? cover.line : undefined;
        setText(line, detail ?? covered ?? (sleeps ? ASLEEP : LINES[current]));
        const bad = current === 'failed' || current === 'held' || (sleeps && covered === undefined);
        line.dataset['tone'] = covered !== undefined ? 'warn' : bad ? 'bad' : '';
    };
    const ui: ShareUi = {
        video,
        pointing(parts) {
            watching.button(parts.permission);
            frame.append(parts.layer);
            figure.append(parts.controls);
        },
        asleep(next) {
            asleep = next;
            root.dataset['hushAsleep'] = String(next);
            if (current === 'live') sayPhase();
        },
        cover(next, file) {
            cover.show(next, file);
            root.dataset['hushCover'] = next ?? '';
            if (COVERABLE.has(current)) sayPhase();
        },
        heading(name) {
            roomName = name;
            render();
        },
        phase(next, detail) {
            current = next;
            sayPhase(detail);
            render();
        },
        preview(stream) {
            video.srcObject = stream ?? null;
            if (stream) void video.play().catch(() => undefined);
        },
        size(width, height) {
            setText(sizeText, `${width} × ${height}`);
            root.dataset['hushWidth'] = String(width);
            root.dataset['hushHeight'] = String(height);
        },
        viewers(viewers) {
            watching.show(viewers);
            root.dataset['hushViewers'] = String(viewers.length);
        },
        route(route) {
            root.dataset['hushPath'] = route ?? '';
            setText(routeText, route ? routeWords(route).label : '');
            routeText.title = route ? routeWords(route).explanation : '';
        },
        limited: (words) => setText(limit, words),
        optimizedFor(hint) {
            optimize.value = hint;
        },
        offerBrowser: (offer) => setHidden(browser, !offer),
    };
    const render = (): void => {
        root.dataset['hushState'] = current;
        root.dataset['hushE2ee'] = current === 'live' ? 'on' : 'pending';
        const where = roomName ? ` in ${roomName}` : '';
        setText(title, SENDING.has(current) ? `You share your screen${where}` : `Share your screen${where}`);
        const wasHidden = choose.hidden;
        setHidden(choose, !CHOOSING.has(current));
        choose.disabled = current === 'picking';
        setHidden(figure, !SENDING.has(current));
        setHidden(watching.element, !SENDING.has(current));
        setHidden(promise, current === 'ended');
        cover.held(current === 'held');
        if (wasHidden && !choose.hidden && !choose.disabled) choose.focus();
    };
    ui.viewers([]);
    choose.hidden = true;
    ui.phase('waiting');
    return ui;
}

/** The list of the viewers. */

function optimizeChoice(choose: (hint: ShareSettings['contentHint']) => void): HTMLSelectElement {
    const select = h(
        'select',
        { 'aria-label': 'Optimize for', title: 'What to keep when the machine or the connection cannot keep all' },
        h('option', { value: 'text' }, 'Sharp Text'),
        h('option', { value: 'motion' }, 'Smooth Motion'),
    );
    select.addEventListener('change', () => choose(select.value === 'motion' ? 'motion' : 'text'));
    return select;
}

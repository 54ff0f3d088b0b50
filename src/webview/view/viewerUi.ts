/** The viewer tab: toolbar, stage, state line, statistics. Renders what it is given and decides nothing. */
import { h, setHidden, setText } from '../ui/dom.ts';
import {
    endedWords,
    encryptionWords,
    routeWords,
    PAUSED_WORDS,
    COVER_LINES,
    viewWords,
    withheldWords,
    type WayAction,
} from '../ui/words.ts';
import { deviceLabel, trustMeaning, trustWord } from '../../core/trust/trustWords.ts';
import type { Again, Cover, Route, ViewerCommand } from '../../core/share/mediaMessages.ts';
import type { TrustLevel, WithheldReason } from '../../core/trust/trustLevels.ts';
import { copyPicture } from './copyPicture.ts';
import { createFullScreen } from './fullScreen.ts';
import { createOverlay } from './overlay.ts';
import { createPlaceLine, type PlaceAction, type PlaceLineElement } from './placeLine.ts';
import type { Pointing } from '../pointing/pointing.ts';
import { createPointTools } from '../pointing/pointTools.ts';
import { createSnapshotTaker, type Snapshot } from './snapshot.ts';
import { createStage } from './stage.ts';
import { canDecodeHere } from '../../livekit/browser/playout/playoutTrack.ts';
import type { ReceiverSample } from './receiverStats.ts';
import { createStatsPanel, type Playout } from './statsPanel.ts';
import { createToolbar, type ToolbarActions } from './toolbar.ts';
import { createViewerBar } from './viewerBar.ts';
import { PAUSED, type Verdict } from './viewHealth.ts';

interface Sharer {
    readonly name: string;
    readonly userId: string;
    readonly deviceName: string;
    readonly deviceId: string;
    readonly trust: TrustLevel;
    /** ms since the epoch, by the sharer's clock. Null if unknown. */
    readonly startedTs: number | null;
}

export interface ViewerUi {
    readonly video: HTMLVideoElement;
    /** Holds the picture. */
    readonly stage: HTMLElement;
    /** Sets the sharer's name before the device is known. */
    named(name: string): void;
    /** Whether the picture is buffered at first. */
    smoothMotion(smooth: boolean): void;
    sharer(sharer: Sharer): void;
    verdict(verdict: Verdict): void;
    /** Sets the next steps after a share has ended. */
    again(again: Again): void;
    /** The sharer's device withholds the picture from ours. Null: no longer. */
    withheld(reason: WithheldReason | null): void;
    /** The picture is a card. Null: it is the screen. */
    covered(cover: Cover | null): void;
    /** Says on one line who can see the share. */
    audience(text: string, detail: string, tone: 'good' | 'warn'): void;
    /** The route. Undefined while there is none. */
    route(route: Route | undefined): void;
    stats(sample: ReceiverSample, bitsPerSecond: number, playout: Playout | undefined): void;
    /** Without a track, the last picture is removed, so that it does not stay on a refused or ended share. */
    attach(track: MediaStreamTrack | undefined): void;
    /** Adds a hidden element for a picture. `show` puts it in the place of the current one. */
    add(): HTMLVideoElement;
    show(video: HTMLVideoElement): void;
    /** Where the sharer is in the code. */
    readonly place: PlaceLineElement['show'];
    /** Runs the tool with this name, for VS Code's menu. */
    command(command: ViewerCommand): void;
}

export type ViewerAction = WayAction | PlaceAction | 'fullScreen' | 'whoCanSee';

/** States in which a withheld share may be. They show the sharer's reason instead. */
const NO_PICTURE: ReadonlySet<Verdict['state']> = new Set([
    'connecting',
    'waitingForKey',
    'reconnecting',
    'wrongKey',
    'failed',
]);

/** States with a visible picture. A hidden picture (refused, ended, paused) is not sent either. */
const SHOWN: ReadonlySet<Verdict['state']> = new Set(['live', 'frozen', 'reconnecting']);

/** ms that a note about an action stays in the state line. */
const NOTE_MS = 8_000;
const NOTHING = 'There is no picture now.';
const SMOOTH = 'Smooth motion is on. The picture is a little older.';
const AT_ONCE = 'Smooth motion is off. Each picture shows as soon as it comes.';
const ALWAYS_BUFFERED = 'This browser always buffers the picture, so smooth motion stays on.';

export function createViewerUi(
    root: HTMLElement,
    onAction: (action: ViewerAction) => void,
    onSnapshot: (snapshot: Snapshot) => void,
    onSmoothMotion: (smooth: boolean) => void,
    pointing: Pointing,
): ViewerUi {
    let who: Sharer = { name: '', userId: '', deviceName: '', deviceId: '', trust: 'unknown', startedTs: null };
    let withheld: WithheldReason | null = null;
    let again: Again | undefined;
    let lastedMs: number | undefined;
    let smooth = false;
    /** Time when the picture first showed, in ms since the epoch. */
    let liveSince: number | undefined;
    let shown: Verdict = { state: 'connecting', detail: '' };
    let cover: Cover | null = null;

    const stage = createStage(
        (percent, fits) => toolbar.zoomed(percent, fits),
        (box) => pointing.layer.place(box),
    );
    const pointTools = createPointTools({
        pointing,
        note: (sentence) => note(sentence),
        onActive: (active) => toolbar.on('point', active),
        shown: () => isShown(),
    });
    const stats = createStatsPanel();
    const taker = createSnapshotTaker(stage.element, onSnapshot, (sentence) => note(sentence));
    /** A hidden picture (refused, ended, paused) cannot be copied or sent. */
    const isShown = (): boolean => SHOWN.has(shown.state) && shown.detail !== PAUSED;
    let noted: ReturnType<typeof setTimeout> | undefined;
    /** Shows a note instead of the state for a while. */
    const note = (sentence: string): void => {
        setText(line, sentence);
        clearTimeout(noted);
        noted = setTimeout(() => {
            noted = undefined;
            render();
        }, NOTE_MS);
    };
    const copy = async (): Promise<void> => {
        note((isShown() ? await copyPicture(stage.video) : NOTHING) ?? 'Copied the picture.');
    };
    const fullScreen = createFullScreen(
        root,
        () => onAction('fullScreen'),
        (active) => toolbar.on('fullScreen', active),
    );
    const actions: ToolbarActions = {
        snapshot() {
            if (!isShown() || !taker.take(stage.video)) note(NOTHING);
        },
        copyPicture: () => void copy(),
        fit: stage.fit,
        exact: stage.exact,
        point: pointTools.toggle,
        zoomIn: stage.zoomIn,
        zoomOut: stage.zoomOut,
        fullScreen: fullScreen.toggle,
        whoCanSee() {
            fullScreen.leave(); // it opens in another tab
            onAction('whoCanSee');
        },
        smoothMotion() {
            smooth = !smooth;
            toolbar.on('smoothMotion', smooth);
            onSmoothMotion(smooth);
            note(smooth ? SMOOTH : canDecodeHere() ? AT_ONCE : ALWAYS_BUFFERED);
        },
        toggleStats() {
            stats.toggle();
            toolbar.on('toggleStats', stats.shown);
        },
    };
    const toolbar = createToolbar(actions);
    toolbar.on('smoothMotion', smooth);
    toolbar.on('toggleStats', false);
    toolbar.on('point', false);
    toolbar.on('fullScreen', false);
    const bar = createViewerBar(toolbar, actions.whoCanSee);
    const overlay = createOverlay(onAction);
    const place = createPlaceLine(onAction);
    const heading = h('h1', { class: 'unseen' }, 'Shared screen');
    const line = h('span', { class: 'line', role: 'status', 'aria-live': 'polite' });
    const lineWay = h('button', { type: 'button', class: 'link' });
    const size = h('span', { class: 'size' });
    let wayInLine: WayAction = 'retry';
    lineWay.addEventListener('click', () => onAction(wayInLine));
    stage.element.append(
        pointing.layer.element,
        pointTools.surface,
        pointTools.bar,
        overlay.element,
        stats.element,
        fullScreen.element,
    );
    root.replaceChildren(
        bar.element,
        h('main', { class: 'view' }, heading, stage.element),
        place.element,
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

    /** VS Code's menu over the picture. It has Hush's entries if there is a picture, and never Cut, Copy and Paste. */
    const offerMenu = (): void => {
        const webviewSection = isShown() ? 'picture' : 'noPicture';
        const hushView = document.documentElement.dataset['hushPage'] ?? '';
        root.dataset['vscodeContext'] = JSON.stringify({ preventDefaultContextMenuItems: true });
        stage.element.dataset['vscodeContext'] = JSON.stringify({ webviewSection, hushView });
    };
    const render = (): void => {
        const paused = shown.detail === PAUSED;
        const kept = withheld !== null && NO_PICTURE.has(shown.state) ? withheld : undefined;
        const words = kept
            ? withheldWords(kept, who.name)
            : paused
              ? PAUSED_WORDS
              : shown.state === 'ended' && again !== undefined
                ? endedWords(who.name, again, lastedMs)
                : viewWords(shown.state, who.name);
        root.dataset['hushWithheld'] = kept ?? '';
        root.dataset['hushPaused'] = String(paused);
        const encryption = encryptionWords(shown.state);
        root.dataset['hushState'] = shown.state;
        offerMenu();
        root.dataset['hushE2ee'] =
            encryption.tone === 'good' ? 'on' : encryption.tone === 'bad' ? 'refused' : 'pending';
        bar.encryption(encryption.label, encryption.tone);
        const { name, userId, deviceName, deviceId, trust } = who;
        const known = deviceId !== '';
        bar.sharer(
            known ? `${deviceLabel(name, deviceName)} · ${trustWord(trust)}` : name,
            known ? `${name} (${userId})\nDevice ${deviceId}\n${trustMeaning(trust)}` : '',
            trust,
        );
        // The line gives the reason for "Frozen", because the picture stays visible.
        clearTimeout(noted);
        const hidden = shown.state === 'live' && cover !== null ? COVER_LINES[cover] : undefined;
        root.dataset['hushCover'] = hidden === undefined ? '' : (cover ?? '');
        setText(
            line,
            hidden ?? (shown.state === 'frozen' && shown.detail && !paused ? `Frozen: ${shown.detail}` : words.line),
        );
        overlay.show(words, paused || kept || again !== undefined ? '' : shown.detail);
        const way = words.headline === undefined ? words.way : undefined;
        setHidden(lineWay, !way);
        setText(lineWay, way?.label ?? '');
        wayInLine = way?.action ?? 'retry';
    };
    const know = (next: Sharer): void => {
        who = next;
        setText(heading, `Screen of ${next.name}`);
        stage.element.setAttribute(
            'aria-label',
            `Shared screen of ${next.name}. Use plus and minus to zoom, arrow keys to move.`,
        );
        render();
    };
    render();
    return {
        get video() {
            return stage.video;
        },
        stage: stage.element,
        add: stage.add,
        show: stage.show,
        place: place.show,
        command: (command) => actions[command](),
        smoothMotion(next) {
            smooth = next;
            toolbar.on('smoothMotion', smooth);
        },
        named: (name) => know({ ...who, name }),
        sharer: know,
        withheld(reason) {
            withheld = reason;
            if (reason !== null) bar.audience('', '', 'good'); // the audience from before is no longer true
            render();
        },
        covered(next) {
            cover = next;
            render();
        },
        audience: (text, detail, tone) => bar.audience(text, `${detail}. Click to see who.`, tone),
        verdict(next) {
            if (next.state === 'live') liveSince ??= Date.now();
            if (next.state === 'ended' && shown.state !== 'ended')
                lastedMs = lasted(liveSince, who.startedTs, Date.now());
            if (next.state !== 'ended' || next.detail !== '') again = undefined; // a detail says more
            shown = next;
            if (!isShown()) pointTools.close();
            render();
        },
        again(next) {
            again = next;
            render();
        },
        route(route) {
            root.dataset['hushPath'] = route ?? '';
            const words = route && routeWords(route);
            bar.route(words?.label ?? '', words?.explanation ?? '');
        },
        stats(sample, bitsPerSecond, playout) {
            root.dataset['hushPlayout'] = playout?.stats ? 'immediate' : 'buffered';
            root.dataset['hushFramesDecoded'] = String(sample.framesDecoded);
            const { videoWidth, videoHeight } = stage.video;
            root.dataset['hushWidth'] = String(videoWidth);
            root.dataset['hushHeight'] = String(videoHeight);
            setText(size, videoWidth > 0 ? `${videoWidth} × ${videoHeight}` : '');
            stats.sampled(sample, bitsPerSecond, playout);
        },
        attach(track) {
            const { video } = stage;
            if (track) {
                video.srcObject = new MediaStream([track]);
                void video.play().catch(() => undefined); // muted autoplay is always allowed, and a stopped video starts again on focus
            } else {
                if (video.srcObject) video.srcObject = null;
                setText(size, '');
            }
        },
    };
}

/** In ms. No share lasts longer, so a longer time means a wrong clock. */
const TOO_LONG_MS = 48 * 3_600_000;

/**
 * Returns the length of the share in ms. Uses the sharer's clock if that is plausible (not shorter than the viewing
 * time). Undefined if the picture never showed.
 */
function lasted(liveSince: number | undefined, startedTs: number | null, now: number): number | undefined {
    if (liveSince === undefined) return undefined;
    const watched = now - liveSince;
    const shared = startedTs === null ? 0 : now - startedTs;
    return shared > watched && shared < TOO_LONG_MS ? shared : watched;
}

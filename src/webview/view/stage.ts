/** The picture and its zoom state. The maths is in zoom.ts, and wheel, drag and keys are in stageInput.ts. */
import { h } from '../ui/dom.ts';
import { onPixelRatio } from '../ui/pixelRatio.ts';
import type { Box } from '../pointing/drawnLayer.ts';
import { createOverview } from './overview.ts';
import { overviewSize, seenAround, seenPart } from './overviewRect.ts';
import { followStageInput } from './stageInput.ts';
import {
    atRatio,
    exactScale,
    FIT,
    panBy,
    percent,
    place,
    zoomAnchor,
    zoomBy,
    zoomTo,
    ZOOM_STEP,
    type Point,
    type Zoom,
} from './zoom.ts';

/** From this many device pixels per video pixel, each pixel shows as a square. */
const PIXELATED_FROM = 3;

export interface Stage {
    readonly element: HTMLElement;
    /** The element with the current picture. */
    readonly video: HTMLVideoElement;
    /** Adds a hidden element. `show` then puts it in the place of the first. Zoom and position stay. */
    add(): HTMLVideoElement;
    show(video: HTMLVideoElement): void;
    fit(): void;
    exact(): void;
    zoomIn(): void;
    zoomOut(): void;
}

/**
 * `onChange` gets the percent of device pixels, and whether the picture follows the stage. `onPlace` gets the picture's
 * place on the stage, in CSS px.
 */
export function createStage(onChange: (percent: number, fits: boolean) => void, onPlace: (box: Box) => void): Stage {
    let video = createPicture('picture');
    const element = h(
        'div',
        {
            class: 'stage',
            tabindex: '0',
            role: 'group',
            'aria-label': 'Shared screen. Use plus and minus to zoom, arrow keys to move.',
        },
        video,
    );

    const overview = createOverview((point, size) => set(seenAround(point, zoom, stage(), picture(), ratio(), size)));
    element.append(overview.element);
    let zoom: Zoom = FIT;
    const stage = () => ({ width: element.clientWidth, height: element.clientHeight });
    const picture = () => ({ width: video.videoWidth, height: video.videoHeight });
    const ratio = () => window.devicePixelRatio || 1;
    const anchor = (): Point => zoomAnchor(input.pointer, place(zoom, stage(), picture(), ratio()), stage(), picture());

    const draw = (): void => {
        const { width, height } = picture();
        if (width === 0 || height === 0) return;
        const at = place(zoom, stage(), picture(), ratio());
        video.style.width = `${width * at.scale}px`;
        video.style.height = `${height * at.scale}px`;
        video.style.transform = `translate(${at.x}px, ${at.y}px)`;
        onPlace({ x: at.x, y: at.y, width: width * at.scale, height: height * at.scale });
        video.style.imageRendering = at.scale * ratio() >= PIXELATED_FROM ? 'pixelated' : 'auto';
        element.classList.toggle(
            'movable',
            width * at.scale > stage().width + 1 || height * at.scale > stage().height + 1,
        );
        const small = overviewSize(zoom, stage(), picture(), ratio());
        overview.show(video, small, small && seenPart(zoom, stage(), picture(), ratio(), small));
        onChange(percent(at.scale, ratio()), zoom.mode === 'fit');
    };
    const set = (next: Zoom): void => {
        zoom = next;
        draw();
    };
    const step = (factor: number, at: Point): void => set(zoomBy(zoom, factor, at, stage(), picture(), ratio()));
    const pan = (by: Point): void => set(panBy(zoom, by, stage(), picture(), ratio()));
    const actions = {
        fit: () => set(FIT),
        exact: () => set(zoomTo(zoom, exactScale(ratio()), anchor(), stage(), picture(), ratio())),
        zoomIn: () => step(ZOOM_STEP, anchor()),
        zoomOut: () => step(1 / ZOOM_STEP, anchor()),
    };

    const input = followStageInput(element, {
        pan,
        zoom: step,
        toggle: () => (zoom.mode === 'fit' ? actions.exact() : actions.fit()),
    });
    const follow = (of: HTMLVideoElement): void => {
        for (const event of ['resize', 'loadedmetadata']) of.addEventListener(event, () => of === video && draw());
    };
    follow(video);
    new ResizeObserver(draw).observe(element);
    onPixelRatio((before, now) => set(atRatio(zoom, before, now, anchor(), stage(), picture())));
    return {
        element,
        get video() {
            return video;
        },
        add() {
            const next = createPicture('next');
            follow(next);
            element.prepend(next);
            return next;
        },
        show(next) {
            const old = video;
            video = next;
            next.className = 'picture';
            draw();
            old.srcObject = null;
            old.remove();
        },
        ...actions,
    };
}

function createPicture(name: string): HTMLVideoElement {
    const video = h('video', { class: name, playsinline: true, disablepictureinpicture: true });
    // Set properties, because the attribute `muted` only sets the default.
    video.muted = true;
    video.autoplay = true;
    return video;
}

/** Draws pointers and drawings over a picture. It has the place and size of the picture, and takes no input. */
import type { Drawing, Drawn, PicturePoint } from '../../core/sideChannel/drawn.ts';
import { personColour } from '../../core/sideChannel/personColour.ts';
import { h, setText } from '../ui/dom.ts';

export interface Box {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
}

/** Whose device it is. `own`: the cursor itself shows where it points. */
export type NameOf = (device: string) => { readonly userId: string; readonly name: string; readonly own?: boolean };

export interface DrawnLayer {
    readonly element: HTMLElement;
    /** In CSS px, relative to the parent. */
    place(box: Box): void;
    show(drawn: Drawn): void;
    readonly box: Box;
}

const SVG = 'http://www.w3.org/2000/svg';
/** In CSS px. */
const ARROW_HEAD = 14;
/** ms between two drawings of everything. */
const DRAW_MS = 16;

export function createDrawnLayer(nameOf: NameOf): DrawnLayer {
    const lines = document.createElementNS(SVG, 'svg');
    const labels = h('div', { class: 'drawn-labels' });
    const pointers = h('div', { class: 'drawn-pointers' });
    const element = h('div', { class: 'drawn', 'aria-hidden': 'true' }, labels, pointers);
    element.prepend(lines);
    let box: Box = { x: 0, y: 0, width: 0, height: 0 };
    let shown: Drawn | undefined;
    const shownPointers = new Map<string, HTMLElement>();
    let due: ReturnType<typeof setTimeout> | undefined;

    const drawPointers = (drawn: Drawn): void => {
        for (const [device, { at }] of drawn.pointers) {
            if (nameOf(device).own === true) continue;
            const known = shownPointers.get(device) ?? pointer(nameOf(device));
            if (!shownPointers.has(device)) pointers.append(known);
            shownPointers.set(device, known);
            const { name } = nameOf(device);
            const text = known.lastElementChild;
            if (text instanceof HTMLElement) setText(text, name);
            known.style.transform = `translate(${at[0] * box.width}px, ${at[1] * box.height}px)`;
        }
        for (const [device, known] of shownPointers)
            if (!drawn.pointers.has(device)) {
                known.remove();
                shownPointers.delete(device);
            }
    };
    const draw = (): void => {
        if (!shown) return;
        const { drawings } = shown;
        lines.setAttribute('viewBox', `0 0 ${Math.max(1, box.width)} ${Math.max(1, box.height)}`);
        lines.replaceChildren(...drawings.flatMap((drawing) => strokes(drawing, box, nameOf)));
        labels.replaceChildren(...drawings.flatMap((drawing) => label(drawing, box, nameOf)));
        drawPointers(shown);
        element.dataset['drawings'] = String(drawings.length);
        element.dataset['pointers'] = String(shown.pointers.size);
    };
    return {
        element,
        get box() {
            return box;
        },
        place(next) {
            box = next;
            element.style.width = `${next.width}px`;
            element.style.height = `${next.height}px`;
            element.style.transform = `translate(${next.x}px, ${next.y}px)`;
            draw();
        },
        show(drawn) {
            const onlyPointers = shown?.drawings === drawn.drawings;
            shown = drawn;
            if (onlyPointers && due === undefined) {
                drawPointers(drawn);
                element.dataset['pointers'] = String(drawn.pointers.size);
            } else
                due ??= setTimeout(() => {
                    due = undefined;
                    draw();
                }, DRAW_MS);
        },
    };
}

function pointer({ userId, name }: ReturnType<NameOf>): HTMLElement {
    const { line, label: background } = personColour(userId);
    const arrow = document.createElementNS(SVG, 'svg');
    arrow.setAttribute('viewBox', '0 0 18 22');
    const path = document.createElementNS(SVG, 'path');
    path.setAttribute('d', 'M1 1 L1 17 L5.5 13 L8.5 20 L12 18.5 L9 12 L15 11.5 Z');
    path.setAttribute('fill', line);
    arrow.append(path);
    const text = h('span', { class: 'drawn-name' }, name);
    text.style.background = background;
    const element = h('div', { class: 'drawn-pointer' }, text);
    element.prepend(arrow);
    return element;
}

function strokes({ shape, by }: Drawing, box: Box, nameOf: NameOf): SVGElement[] {
    const path = pathOf(shape, box);
    if (path === undefined) return [];
    // A dark line below keeps the colour visible on any picture.
    return ['drawn-edge', 'drawn-line'].map((name) => {
        const element = document.createElementNS(SVG, 'path');
        element.setAttribute('class', name);
        element.setAttribute('d', path);
        if (name === 'drawn-line') element.style.stroke = personColour(nameOf(by).userId).line;
        return element;
    });
}

function pathOf(shape: Drawing['shape'], { width, height }: Box): string | undefined {
    const px = ([x, y]: PicturePoint): [number, number] => [x * width, y * height];
    const to = (point: PicturePoint): string =>
        px(point)
            .map((n) => n.toFixed(1))
            .join(' ');
    switch (shape.kind) {
        case 'pen': {
            const [first, ...others] = shape.points;
            if (!first) return undefined;
            // A dot has no length, and would be invisible.
            return `M${to(first)} ${others.length === 0 ? 'l0.1 0' : others.map((point) => `L${to(point)}`).join(' ')}`;
        }
        case 'box': {
            const [[x1, y1], [x2, y2]] = [px(shape.from), px(shape.to)];
            return `M${x1} ${y1} H${x2} V${y2} H${x1} Z`;
        }
        case 'arrow': {
            const [[x1, y1], [x2, y2]] = [px(shape.from), px(shape.to)];
            const angle = Math.atan2(y2 - y1, x2 - x1);
            const head = [angle + 2.6, angle - 2.6].map(
                (a) =>
                    `M${x2} ${y2} l${(Math.cos(a) * ARROW_HEAD).toFixed(1)} ${(Math.sin(a) * ARROW_HEAD).toFixed(1)}`,
            );
            return [`M${x1} ${y1} L${x2} ${y2}`, ...head].join(' ');
        }
        case 'label':
            return undefined;
    }
}

function label({ shape, by }: Drawing, { width, height }: Box, nameOf: NameOf): HTMLElement[] {
    if (shape.kind !== 'label') return [];
    const element = h('div', { class: 'drawn-label' }, shape.text);
    element.style.background = personColour(nameOf(by).userId).label;
    element.style.transform = `translate(${shape.at[0] * width}px, ${shape.at[1] * height}px)`;
    return [element];
}

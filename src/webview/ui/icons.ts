/** VS Code's codicons, and a few of our own where there is none, by what they mean. */
import * as codicons from './codicons.ts';
import { drawIcon, type IconShape } from './iconShape.ts';

/** Drawn in lines. */
const OWN_LINES = {
    fit: [['M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M5 6h6v4H5z', false]],
    exact: [['M3.5 5 5 4v8M11 5l1.5-1v8M8.25 6v.01M8.25 10v.01', false]],
    smoothMotion: [['M1.5 8c1.6-3 3.2-3 4.9 0s3.3 3 4.9 0 2-2.4 3.2-2.4', false]],
} as const satisfies Readonly<Record<string, IconShape>>;

const CODICONS: Readonly<Record<keyof typeof codicons, IconShape>> = { ...codicons };

export type IconName = keyof typeof CODICONS | keyof typeof OWN_LINES;

export function icon(name: IconName): SVGSVGElement {
    if (!(name in OWN_LINES)) return drawIcon(CODICONS[name as keyof typeof CODICONS]);
    const svg = drawIcon(OWN_LINES[name as keyof typeof OWN_LINES]);
    svg.classList.add('lines');
    return svg;
}

/** VS Code's codicons, and a few of our own where there is none, in the colour of the text. */
import { CODICON_PATHS } from './codicons.ts';

/** Drawn in lines: 16 by 16 units. */
const OWN_LINES = {
    fit: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M5 6h6v4H5z',
    exact: 'M3.5 5 5 4v8M11 5l1.5-1v8M8.25 6v.01M8.25 10v.01',
} as const;

export type IconName = keyof typeof CODICON_PATHS | keyof typeof OWN_LINES;

/** The icon is decoration. The text beside it has the meaning. */
export function icon(name: IconName): SVGSVGElement {
    const svg = element('svg', { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' });
    if (name in OWN_LINES) {
        svg.classList.add('lines');
        svg.append(element('path', { d: OWN_LINES[name as keyof typeof OWN_LINES] }));
    } else
        for (const [d, evenOdd] of CODICON_PATHS[name as keyof typeof CODICON_PATHS])
            svg.append(element('path', { d, 'fill-rule': evenOdd ? 'evenodd' : 'nonzero' }));
    return svg;
}

function element<K extends 'svg' | 'path'>(
    name: K,
    attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[K] {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
    return made;
}

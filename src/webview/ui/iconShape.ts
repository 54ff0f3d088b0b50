/** Draws an icon in the colour of the text. */

/** Paths in 16 by 16 units, each with whether its overlaps are holes. */
export type IconShape = readonly (readonly [path: string, evenOdd: boolean])[];

/** The icon is decoration. The text beside it has the meaning. */
export function drawIcon(shape: IconShape): SVGSVGElement {
    const svg = element('svg', { viewBox: '0 0 16 16', class: 'icon', 'aria-hidden': 'true' });
    for (const [d, evenOdd] of shape) svg.append(element('path', { d, 'fill-rule': evenOdd ? 'evenodd' : 'nonzero' }));
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

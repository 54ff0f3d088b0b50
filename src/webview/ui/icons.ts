/** Line icons like VS Code's codicons: 16 by 16 units, in the colour of the text. */

const PATHS = {
    fit: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3M5 6h6v4H5z',
    exact: 'M3.5 5 5 4v8M11 5l1.5-1v8M8.25 6v.01M8.25 10v.01',
    zoomIn: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2M7 5v4M5 7h4',
    zoomOut: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.3 10.3l3.2 3.2M5 7h4',
    leaveFullScreen: 'M13.5 6.5h-4v-4M2.5 9.5h4v4M9.5 6.5l4-4M6.5 9.5l-4 4',
    copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
    more: 'M3.5 8v.01M8 8v.01M12.5 8v.01',
    comment: 'M2.5 3.5h11v7.5H8l-3 2.5V11H2.5z',
    fullScreen: 'M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9.5 6.5M2.5 13.5l4-4',
    smoothMotion: 'M1.5 8c1.6-3 3.2-3 4.9 0s3.3 3 4.9 0 2-2.4 3.2-2.4',
    info: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 7v4M8 4.9v.2',
    lock: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
    lockOpen: 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 4.8-1',
    screen: 'M1.5 3h13v8.5h-13zM5.5 14h5M8 11.5V14',
    smile: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM5.5 9.5c1 2 4 2 5 0M6 6.2v.6M10 6.2v.6',
    reply: 'M6.5 4 3 7.5 6.5 11M3 7.5h6.5c2 0 3.5 1.5 3.5 4.5',
    edit: 'M3 13l.8-3L11 2.8 13.2 5 6 12.2zM9.5 4.3l2.2 2.2',
    trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 9h6l.5-9M7 7v4M9 7v4',
    send: 'M2.5 8 13.5 3 10.5 13.5 7.5 9zM7.5 9l6-6',
    attach: 'M12.5 7.2 7.6 12a2.6 2.6 0 0 1-3.7-3.7l5.2-5.2a1.7 1.7 0 0 1 2.5 2.5l-5 5a.8.8 0 0 1-1.2-1.2l4.3-4.3',
    camera: 'M2.5 5h2.7l1-1.5h3.6l1 1.5h2.7v7.5h-11zM8 6.5a2.2 2.2 0 1 1 0 4.4 2.2 2.2 0 0 1 0-4.4z',
    down: 'M8 3v9.5M4 8.5l4 4 4-4',
    close: 'M4 4l8 8M12 4l-8 8',
    stop: 'M4 4h8v8H4z',
    people: 'M6 3.5a2.25 2.25 0 1 1 0 4.5 2.25 2.25 0 0 1 0-4.5zM2 13c0-2.2 1.8-3.5 4-3.5s4 1.3 4 3.5M10.5 4a2 2 0 0 1 0 3.8M11.7 9.9c1.4.4 2.3 1.5 2.3 3.1',
    shield: 'M8 1.8 13 3.5v4c0 3.2-2 5.4-5 6.7-3-1.3-5-3.5-5-6.7v-4zM5.8 7.8l1.6 1.6 3-3.2',
    warning: 'M8 2.5 14.5 13.5h-13zM8 6.5v3.5M8 11.7v.1',
} as const;

export type IconName = keyof typeof PATHS;

/** The icon is decoration. The text beside it has the meaning. */
export function icon(name: IconName): SVGSVGElement {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('class', 'icon');
    svg.setAttribute('aria-hidden', 'true');
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', PATHS[name]);
    svg.append(path);
    return svg;
}

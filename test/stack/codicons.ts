/**
 * Writes the shapes of the codicons that the pages use to `src/webview/ui/codicons.ts`. The pages may load neither a font
 * nor a file, so the shapes are part of their bundle. Run it with Node after the list or the package has changed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const TARGET = join(root, 'src/webview/ui/codicons.ts');

/** Our names, which say what an icon means, and the codicons that show it. */
export const CODICONS = {
    zoomIn: 'zoom-in',
    zoomOut: 'zoom-out',
    leaveFullScreen: 'screen-normal',
    fullScreen: 'screen-full',
    copy: 'copy',
    more: 'ellipsis',
    comment: 'comment',
    info: 'info',
    lock: 'lock',
    lockOpen: 'unlock',
    screen: 'vm',
    smile: 'smiley',
    reply: 'reply',
    edit: 'edit',
    trash: 'trash',
    send: 'send',
    attach: 'attach',
    camera: 'device-camera',
    down: 'arrow-down',
    close: 'close',
    stop: 'debug-stop',
    pause: 'debug-pause',
    play: 'play',
    people: 'organization',
    shield: 'shield',
    warning: 'warning',
    pointer: 'cursor',
    arrow: 'arrow-right',
    box: 'primitive-square',
    label: 'text-size',
    pin: 'pin',
    undo: 'discard',
    clear: 'clear-all',
    diff: 'diff-multiple',
} as const;

/** The paths of one icon, each with whether its overlaps are holes. */
export function pathsOf(codicon: string): readonly (readonly [path: string, evenOdd: boolean])[] {
    const svg = readFileSync(join(root, 'node_modules/@vscode/codicons/src/icons', `${codicon}.svg`), 'utf8');
    const shapes = [...svg.matchAll(/<(\w+)([^>]*)\/>/gu)];
    if (shapes.length === 0 || shapes.some(([, tag]) => tag !== 'path'))
        throw new Error(`${codicon}.svg has more than paths`);
    return shapes.map(([, , attributes = '']) => [
        / d="([^"]+)"/u.exec(attributes)?.[1] ?? '',
        attributes.includes('fill-rule="evenodd"'),
    ]);
}

/** The text of `src/webview/ui/codicons.ts`, but for its formatting. */
function codiconsSource(): string {
    const shapes = Object.entries(CODICONS).map(
        ([name, codicon]) => `export const ${name}: IconShape = ${JSON.stringify(pathsOf(codicon))};`,
    );
    return `/** Icons of \`@vscode/codicons\` (CC BY 4.0). Written by \`test/stack/codicons.ts\`. Each by itself, so that a page has those that it shows. */
import type { IconShape } from './iconShape.ts';

${shapes.join('\n')}
`;
}

if (import.meta.main) writeFileSync(TARGET, codiconsSource());

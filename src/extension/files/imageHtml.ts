/** The page of one image. The image fits the tab; a click or the space bar shows its own size. Pure. */
import { escapeHtml } from '../shell/pageHtml.ts';
import type { ImageKind } from '../../core/files/imageKind.ts';

export interface ImagePage {
    readonly name: string;
    readonly kind: ImageKind;
    readonly base64: string;
    readonly cspSource: string;
    readonly styleUri: string;
}

export function imageHtml({ name, kind, base64, cspSource, styleUri }: ImagePage): string {
    const policy = `default-src 'none'; img-src data:; style-src ${cspSource}; base-uri 'none'; form-action 'none'`;
    const title = `${name}, ${kind.width} × ${kind.height}`;
    return [
        '<!DOCTYPE html>',
        '<html lang="en">',
        '<head>',
        '<meta charset="utf-8">',
        `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
        `<link rel="stylesheet" href="${escapeHtml(styleUri)}">`,
        `<title>${escapeHtml(name)}</title>`,
        '</head>',
        '<body class="imageTab">',
        '<main>',
        `<h1 class="unseen">${escapeHtml(name)}</h1>`,
        '<label title="Click for the actual size">',
        '<input type="checkbox" autofocus aria-label="Actual size">',
        `<img src="data:${kind.type};base64,${base64}" alt="${escapeHtml(title)}">`,
        '</label>',
        '</main>',
        '</body>',
        '</html>',
    ].join('\n');
}

/** The HTML of the page, and what the page may load and reach. Pure. */

export interface CspOptions {
    /** The source expression for the page's own files: `webview.cspSource`, or `'self'` on loopback. */
    readonly self: string;
    /** An additional script source, for example a nonce. */
    readonly script: string;
    /** The servers that the page may connect to, besides its own files. */
    readonly connect: readonly string[];
}

/**
 * The content security policy of the page. Workers start only from blobs, because VS Code allows no other. Only scripts
 * of Hush run, and the page cannot contain frames.
 */
export function contentSecurityPolicy({ self, script, connect }: CspOptions): string {
    return [
        "default-src 'none'",
        `script-src ${script}`,
        `style-src ${self}`,
        `img-src ${self} data:`,
        `connect-src ${[self, ...connect].join(' ')}`,
        'worker-src blob:',
        'media-src blob: mediastream:',
        "base-uri 'none'",
        "form-action 'none'",
    ].join('; ');
}

/** Allows any TLS server and this machine, for a page that does not know its SFU yet. */
const ANYWHERE = [
    'wss:',
    'https:',
    'ws://127.0.0.1:*',
    'http://127.0.0.1:*',
    'ws://localhost:*',
    'http://localhost:*',
] as const;

/**
 * Returns `connect-src` for these servers. LiveKit signals over ws(s); after a refused connection it asks the same host
 * over http(s) for the reason. Takes URLs or origins with these four schemes and ignores others.
 */
export function connectSources(origins: readonly string[]): readonly string[] {
    if (origins.length === 0) return ANYWHERE;
    const sources = new Set<string>();
    for (const origin of origins) {
        const url = URL.parse(origin);
        if (!url || !/^(?:wss?|https?):$/u.test(url.protocol) || /[\s;,]/u.test(url.host)) continue;
        const secure = url.protocol === 'wss:' || url.protocol === 'https:';
        sources.add(`${secure ? 'wss' : 'ws'}://${url.host}`);
        sources.add(`${secure ? 'https' : 'http'}://${url.host}`);
    }
    return [...sources];
}

export interface WebviewPage {
    readonly pageId: string;
    readonly generation: number;
    readonly title: string;
    readonly cspSource: string;
    readonly nonce: string;
    readonly scriptUri: string;
    readonly styleUri: string;
    readonly workerUri: string;
    readonly connectOrigins: readonly string[];
}

/** The page in a webview. Its address is in the root element, and its policy in a meta element. */
export function webviewHtml(page: WebviewPage): string {
    const policy = contentSecurityPolicy({
        self: page.cspSource,
        script: `'nonce-${page.nonce}'`,
        connect: connectSources(page.connectOrigins),
    });
    const root = `data-hush-page="${escapeHtml(page.pageId)}" data-hush-generation="${page.generation}" data-hush-worker="${escapeHtml(page.workerUri)}"`;
    return document(root, page.title, [
        `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
        `<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">`,
        `<script defer nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>`,
    ]);
}

/** The page of a sheet. It talks to nobody but the host. */
export function sheetHtml(page: Pick<WebviewPage, 'title' | 'cspSource' | 'nonce' | 'scriptUri' | 'styleUri'>): string {
    const policy = `default-src 'none'; style-src ${page.cspSource}; script-src 'nonce-${page.nonce}'; base-uri 'none'; form-action 'none'`;
    return document('', page.title, [
        `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
        `<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">`,
        `<script defer nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>`,
    ]);
}

/** The page on loopback. All paths are relative, so that a proxy can add a path. The policy is in a header. */
export function loopbackHtml(): string {
    return document('', 'Hush', [
        '<link rel="icon" href="data:,">',
        '<link rel="stylesheet" href="page.css">',
        '<script defer src="page.js"></script>',
    ]);
}

/** Shown in a restored tab until Hush knows whether its share still runs. */
export function restoringHtml(cspSource: string, styleUri: string): string {
    const policy = `default-src 'none'; style-src ${cspSource}`;
    return document(
        '',
        'Hush',
        [
            `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
            `<link rel="stylesheet" href="${escapeHtml(styleUri)}">`,
        ],
        '<main class="share"><p class="line" role="status">Looking for this share… It comes back once you are signed in to Hush.</p></main>',
    );
}

function document(rootAttributes: string, title: string, head: readonly string[], body = ''): string {
    return [
        '<!DOCTYPE html>',
        `<html lang="en"${rootAttributes && ` ${rootAttributes}`}>`,
        '<head>',
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        ...head,
        `<title>${escapeHtml(title)}</title>`,
        '</head>',
        `<body><div id="app">${body}</div></body>`,
        '</html>',
    ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
};

export function escapeHtml(text: string): string {
    return text.replace(/[&<>"']/gu, (c) => ENTITIES[c] ?? c);
}

/** The HTML around the page, and what it may load and reach. Pure. */

export interface CspOptions {
    /** Expression that stands for the page's own files: `webview.cspSource`, or `'self'` on loopback. */
    readonly self: string;
    /** Extra script source, such as a nonce. */
    readonly script: string;
    /** Where the page may connect besides its own files. */
    readonly connect: readonly string[];
}

/**
 * Content security policy of the page. Workers start from blobs alone (VS Code allows no other), nothing may frame or be
 * framed by it, and no script runs that Hush did not ship.
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

/** Any TLS server and this machine: for a page whose media server is not known yet. */
const ANYWHERE = [
    'wss:',
    'https:',
    'ws://127.0.0.1:*',
    'http://127.0.0.1:*',
    'ws://localhost:*',
    'http://localhost:*',
] as const;

/**
 * `connect-src` for these servers: LiveKit signals over ws(s) and asks over http(s) of the same host why a connection was
 * refused. Takes URLs or origins of any of the four schemes; anything else is left out.
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
    readonly call: string;
    readonly generation: number;
    readonly title: string;
    readonly cspSource: string;
    readonly nonce: string;
    readonly scriptUri: string;
    readonly styleUri: string;
    readonly workerUri: string;
    readonly connectOrigins: readonly string[];
}

/** The page in a webview: its address is in the root element, its policy in a meta element. */
export function webviewHtml(page: WebviewPage): string {
    const policy = contentSecurityPolicy({
        self: page.cspSource,
        script: `'nonce-${page.nonce}'`,
        connect: connectSources(page.connectOrigins),
    });
    const root = `data-hush-call="${escapeHtml(page.call)}" data-hush-generation="${page.generation}" data-hush-worker="${escapeHtml(page.workerUri)}"`;
    return document(root, page.title, [
        `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
        `<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">`,
        `<script defer nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>`,
    ]);
}

/** The page of a sheet: it talks to nobody but the host. */
export function sheetHtml(page: Pick<WebviewPage, 'title' | 'cspSource' | 'nonce' | 'scriptUri' | 'styleUri'>): string {
    const policy = `default-src 'none'; style-src ${page.cspSource}; script-src 'nonce-${page.nonce}'; base-uri 'none'; form-action 'none'`;
    return document('', page.title, [
        `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
        `<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">`,
        `<script defer nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>`,
    ]);
}

/** The page on loopback: everything relative, so that a proxy may add a path; the policy is a header there. */
export function loopbackHtml(): string {
    return document('', 'Hush', [
        '<link rel="icon" href="data:,">',
        '<link rel="stylesheet" href="page.css">',
        '<script defer src="page.js"></script>',
    ]);
}

/** Shown in a restored tab until it is known whether its share still runs. */
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

/** The HTML of the chat page: one script, one style sheet, and no other resource. Pure. */
import { escapeHtml } from '../shell/pageHtml.ts';

export interface ChatPage {
    readonly generation: number;
    /** VS Code's language, for dates and times. The words of the page are English. */
    readonly language: string;
    readonly cspSource: string;
    readonly nonce: string;
    readonly scriptUri: string;
    readonly styleUri: string;
}

export function chatHtml(page: ChatPage): string {
    const policy = [
        "default-src 'none'",
        `script-src 'nonce-${page.nonce}'`,
        `style-src ${page.cspSource}`,
        // The host sends pictures as bytes. The page asks no server for anything.
        'img-src blob:',
        "base-uri 'none'",
        "form-action 'none'",
    ].join('; ');
    return [
        '<!DOCTYPE html>',
        `<html lang="en" data-hush-generation="${page.generation}" data-hush-language="${escapeHtml(page.language)}">`,
        '<head>',
        '<meta charset="utf-8">',
        `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`,
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        `<link rel="stylesheet" href="${escapeHtml(page.styleUri)}">`,
        `<script defer nonce="${escapeHtml(page.nonce)}" src="${escapeHtml(page.scriptUri)}"></script>`,
        '<title>Hush Chat</title>',
        '</head>',
        '<body><div id="app"></div></body>',
        '</html>',
    ].join('\n');
}

import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import {
    connectSources,
    contentSecurityPolicy,
    loopbackHtml,
    webviewHtml,
} from '../../../src/extension/shell/pageHtml.ts';

const page = {
    pageId: '@ann:example.org!DEV!01',
    generation: 4,
    title: 'A <b>"title"</b>',
    cspSource: 'https://*.vscode-cdn.net',
    nonce: 'abc',
    scriptUri: 'https://x/page.js',
    styleUri: 'https://x/page.css',
    workerUri: 'https://x/mediaWorker.js',
    connectOrigins: ['wss://sfu.example.org'],
};

describe('the page', () => {
    it('may reach its SFU over both schemes, and nothing else', () => {
        assert.deepEqual(connectSources(['wss://sfu.example.org/rtc?x=1']), [
            'wss://sfu.example.org',
            'https://sfu.example.org',
        ]);
        assert.deepEqual(connectSources(['http://127.0.0.1:7880']), ['ws://127.0.0.1:7880', 'http://127.0.0.1:7880']);
        assert.deepEqual(connectSources(['javascript:alert(1)', 'not a url']), []);
    });
    it('lets no origin write into the policy', () => {
        const policy = contentSecurityPolicy({
            self: "'self'",
            script: "'self'",
            connect: connectSources(['wss://x.org; script-src *', "https://y.org/'unsafe-inline'"]),
        });
        assert.doesNotMatch(policy, /script-src \*|unsafe-inline/u);
    });
    it('starts workers from blobs alone and runs its own script alone', () => {
        const html = webviewHtml(page);
        assert.match(html, /worker-src blob:;/u);
        assert.match(html, /script-src &#39;nonce-abc&#39;;/u);
        assert.match(
            html,
            /connect-src https:\/\/\*\.vscode-cdn\.net wss:\/\/sfu\.example\.org https:\/\/sfu\.example\.org;/u,
        );
        assert.doesNotMatch(html, /unsafe/u);
        assert.equal(html.match(/<script/gu)?.length, 1);
    });
    it('carries its address, and escapes what it is given', () => {
        const html = webviewHtml(page);
        assert.match(html, /data-hush-page="@ann:example\.org!DEV!01" data-hush-generation="4"/u);
        assert.match(html, /<title>A &lt;b&gt;&quot;title&quot;&lt;\/b&gt;<\/title>/u);
    });
    it('is relative on loopback, so that a forwarder may add a path', () =>
        assert.doesNotMatch(loopbackHtml(), /(?:src|href)="(?:\/|http)/u));
});

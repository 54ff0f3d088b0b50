/** The real media host with its pages on loopback in a test's browser. Tests can wait for the messages of the pages. */
import type { Page } from 'playwright-core';
import { createBrowserLink } from '../../../src/extension/share/page/browserLink.ts';
import { createMediaHost, type MediaHost } from '../../../src/extension/share/page/mediaHost.ts';
import { readPageFiles } from '../../../src/extension/share/page/pageFiles.ts';
import type { PageRequest } from '../../../src/core/session/mediaPort.ts';
import type { HostMessage, PageMessage } from '../../../src/core/share/mediaMessages.ts';
import type { Log } from '../../../src/core/base/log.ts';
import { pageBundle } from './pageBundle.ts';
import { nextSample, type EvaluatingPage, type ShownSample } from './statsPanel.ts';

const WAIT_MS = 20_000;

export interface HarnessPage {
    readonly url: string;
    send(message: HostMessage): void;
    /** Resolves with the first matching message, also if it came before. */
    said<T extends PageMessage['type']>(
        type: T,
        test?: (m: Extract<PageMessage, { type: T }>) => boolean,
    ): Promise<Extract<PageMessage, { type: T }>>;
    /** Resolves with the next matching sample that the viewer's page shows among its statistics. */
    sampled(test?: (sample: ShownSample) => boolean): Promise<ShownSample>;
    /** Forgets the messages so far, so that `said` waits for a new one. */
    forget(): void;
    closed(): Promise<string>;
    close(): void;
    readonly messages: readonly PageMessage[];
    /** Every sample that a call of `sampled` has seen. */
    readonly samples: readonly ShownSample[];
}

/** A page of Chromium or Firefox. */
type HarnessedPage = EvaluatingPage & { goto(url: string): Promise<unknown> };

export interface Harness {
    readonly host: MediaHost;
    open(role: 'share' | 'view', page: HarnessedPage, pageId?: string): Promise<HarnessPage>;
    dispose(): void;
}

/**
 * Clicks "Choose a screen…" if the page is not choosing already. Playwright's own scripts count as user activation, so
 * the page may ask the browser without the button.
 */
export async function choose(page: Page, share: HarnessPage): Promise<void> {
    const answered = Promise.race([share.said('capture.started'), share.said('capture.failed')]);
    await Promise.race([page.click('button.big').catch(() => undefined), answered]);
    await answered;
}

export function createHarness(theme: 'light' | 'dark' = 'light'): Harness {
    const logged = process.env['HUSH_TEST_LOG'] ? (text: string) => console.error(text) : () => undefined;
    const log: Log = { debug: logged, info: logged, warn: logged, error: logged };
    const openers = new Map<string, (url: string) => Promise<void>>();
    const link = (request: PageRequest) =>
        createBrowserLink(request, {
            files: async () => readPageFiles(await pageBundle()),
            log,
            openUrl: async (url, token) => openers.get(request.pageId)?.(`${url}#${token}`),
        });
    const host = createMediaHost({ opener: { openTab: link, openBrowser: link }, theme: () => theme, log });
    let calls = 0;
    return {
        host,
        async open(role, page, pageId = `call-${++calls}`) {
            const messages: PageMessage[] = [];
            const samples: ShownSample[] = [];
            let panelShown = false;
            const changed = new Set<() => void>();
            let closedReason: string | undefined;
            const wake = (): void => changed.forEach((f) => f());
            host.onMessage((c, _generation, message) => {
                if (c !== pageId) return;
                messages.push(message);
                wake();
            });
            host.onClosed((c, _generation, reason) => {
                if (c !== pageId) return;
                closedReason = reason;
                wake();
            });
            const until = async <T>(find: () => T | undefined, what: string): Promise<T> => {
                const found = find();
                if (found !== undefined) return found;
                return new Promise((resolve, reject) => {
                    const timer = setTimeout(
                        () =>
                            done(
                                new Error(
                                    `no ${what}; said: ${messages.map((m) => (m.type === 'view.state' ? `${m.type}=${m.state}` : m.type)).join(', ')}`,
                                ),
                            ),
                        WAIT_MS,
                    );
                    const done = (error?: Error, value?: T): void => {
                        clearTimeout(timer);
                        changed.delete(check);
                        if (error) reject(error);
                        else resolve(value as T);
                    };
                    const check = (): void => {
                        const value = find();
                        if (value !== undefined) done(undefined, value);
                    };
                    changed.add(check);
                });
            };
            let openedUrl = '';
            const opened = new Promise<void>((resolve, reject) => {
                openers.set(pageId, async (url) => {
                    openedUrl = url;
                    await page.goto(url).then(() => resolve(), reject);
                });
            });
            host.open({
                pageId,
                generation: 1,
                role,
                location: 'browser',
                title: 'Ann',
                roomName: 'hush-editor',
                connectOrigins: [],
            });
            await opened;
            return {
                url: openedUrl,
                messages,
                samples,
                async sampled(test = () => true) {
                    if (!panelShown) host.send(pageId, 1, { type: 'view.command', command: 'toggleStats' });
                    panelShown = true;
                    const deadline = Date.now() + WAIT_MS;
                    for (;;) {
                        const sample = await nextSample(page);
                        samples.push(sample);
                        if (test(sample)) return sample;
                        if (Date.now() > deadline)
                            throw new Error(`no such sample; the last: ${JSON.stringify(sample)}`);
                    }
                },
                send: (message) => host.send(pageId, 1, message),
                said: <T extends PageMessage['type']>(
                    type: T,
                    test: (m: Extract<PageMessage, { type: T }>) => boolean = () => true,
                ) => {
                    const is = (m: PageMessage): m is Extract<PageMessage, { type: T }> => m.type === type;
                    return until(() => messages.filter(is).find(test), type);
                },
                forget: () => void messages.splice(0),
                closed: () => until(() => closedReason, 'closing'),
                close: () => host.close(pageId),
            };
        },
        dispose: () => host.dispose(),
    };
}

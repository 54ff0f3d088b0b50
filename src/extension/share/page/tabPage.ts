/** The page in an editor tab. */
import { randomBytes } from 'node:crypto';
import { commands, Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import { HEARTBEAT, HEARTBEAT_MS } from '../../../core/page/handshake.ts';
import type { Log } from '../../../core/base/log.ts';
import type { PageRequest } from '../../../core/session/mediaPort.ts';
import { viewerTabTitle } from './viewerMemory.ts';
import { MEDIA_WORKER, PAGE_SCRIPT, PAGE_STYLE } from './pageFiles.ts';
import { restoringHtml, webviewHtml } from '../../shell/pageHtml.ts';
import type { PageLink } from './pageLink.ts';
import { showWarningMessage } from '../../shell/dialogs.ts';
import { replaceableTab, type PanelPlace } from '../../shell/replaceableTab.ts';

/** The manifest's activation events contain it, too: `onWebviewPanel:hush.view`. */
export const VIEW_TYPE = 'hush.view';
const SHARE_TYPE = 'hush.share';
/** ms that a restored tab may wait for its page before it says that it looks for its share. */
const RESTORING_AFTER_MS = 1_500;
/** After this many unanswered heartbeats, the page counts as gone. */
const UNANSWERED = 5;
const BLANK = 'VS Code left a tab of Hush blank.';

export function openTab(request: PageRequest, extensionUri: Uri, log: Log): PageLink {
    const watching = request.role === 'view';
    // A viewer tab opens beside the code that the share is about. The sharing tab is needed only once, so it takes no
    // column of its own.
    const place = { viewColumn: watching ? besideTheCode() : ViewColumn.Active, preserveFocus: false };
    const panel = createPanel(watching ? VIEW_TYPE : SHARE_TYPE, tabTitle(request), place, extensionUri);
    return tabLink(panel, extensionUri, log);
}

/**
 * Makes a link of an existing panel. A restored panel says that it looks for its share until a page is loaded into it.
 */
export function tabLink(first: WebviewPanel, extensionUri: Uri, log: Log, restored = false): PageLink {
    const { viewType, title } = first; // a disposed panel tells nothing
    let closing = false;
    let reason = 'The tab was closed.';
    /** Loads the page again. Only for a viewer tab, because a sharing page that reloads loses its screen. */
    let reload: (() => void) | undefined;
    let spoke = false;
    let unanswered = 0;
    const tab = replaceableTab(first, {
        create: (place) => createPanel(viewType, title, place, extensionUri),
        onReplaced: () => log.warn('a tab did not answer and was replaced'),
        onGaveUp() {
            log.error('a tab stayed blank and was closed');
            reason = BLANK;
            tab.panel.dispose();
            const reloadWindow = 'Reload Window';
            void showWarningMessage(`${BLANK} Reloading the window helps.`, reloadWindow).then((chosen) => {
                if (chosen === reloadWindow) void commands.executeCommand('workbench.action.reloadWindow');
            });
        },
    });
    const heart = setInterval(() => {
        const { panel } = tab;
        void panel.webview.postMessage(HEARTBEAT);
        if (!spoke || !panel.visible || !reload || ++unanswered <= UNANSWERED) return;
        // VS Code sometimes replaces a page that has spoken by a blank one. Count turns instead of time, because the
        // machine may sleep.
        log.warn('a tab fell silent and is loaded again');
        spoke = false;
        unanswered = 0;
        tab.start(reload);
    }, HEARTBEAT_MS);
    tab.onClosed(() => {
        clearInterval(heart);
        clearTimeout(restoring);
    });
    tab.onMessage(() => {
        spoke = true;
        unanswered = 0;
    });
    const file = (name: string): string =>
        tab.panel.webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', name)).toString();
    const { webview } = first;
    webview.options = webviewOptions(extensionUri);
    first.iconPath = {
        light: Uri.joinPath(extensionUri, 'media', 'panel', 'screen-light.svg'),
        dark: Uri.joinPath(extensionUri, 'media', 'panel', 'screen-dark.svg'),
    };
    // Wait a moment, because VS Code may lose the second of two pages that follow each other within milliseconds.
    const restoring = restored
        ? setTimeout(() => {
              webview.html = restoringHtml(webview.cspSource, file(PAGE_STYLE));
          }, RESTORING_AFTER_MS)
        : undefined;
    return {
        load(request) {
            tab.panel.title = tabTitle(request);
            const load = (): void => {
                const { webview: now } = tab.panel;
                now.html = webviewHtml({
                    pageId: request.pageId,
                    generation: request.generation,
                    title: request.title,
                    cspSource: now.cspSource,
                    nonce: randomBytes(16).toString('base64url'),
                    scriptUri: file(PAGE_SCRIPT),
                    styleUri: file(PAGE_STYLE),
                    workerUri: file(MEDIA_WORKER),
                    connectOrigins: request.connectOrigins,
                });
            };
            clearTimeout(restoring);
            reload = request.role === 'view' ? load : undefined;
            spoke = false;
            tab.start(load);
        },
        post: (data) => void tab.panel.webview.postMessage(data),
        onData: (listener) =>
            tab.onMessage((data) => {
                if (data !== HEARTBEAT) listener(data);
            }),
        onClosed: (listener) =>
            tab.onClosed(() => {
                if (!closing) listener(reason);
            }),
        reveal: () => tab.panel.reveal(),
        toggleFullScreen() {
            tab.panel.reveal();
            void commands.executeCommand('workbench.action.toggleMaximizeEditorGroup');
        },
        close() {
            closing = true;
            tab.panel.dispose();
        },
    };
}

function createPanel(viewType: string, title: string, place: PanelPlace, extensionUri: Uri): WebviewPanel {
    // A hidden tab continues to watch or share.
    const options = { ...webviewOptions(extensionUri), retainContextWhenHidden: true, enableFindWidget: false };
    return window.createWebviewPanel(viewType, title, place, options);
}

function tabTitle(request: PageRequest): string {
    return request.role === 'view' ? viewerTabTitle(request.title) : `Sharing in ${request.roomName}`;
}

function besideTheCode(): ViewColumn {
    return window.activeTextEditor ? ViewColumn.Beside : ViewColumn.Active;
}

function webviewOptions(extensionUri: Uri) {
    return {
        enableScripts: true,
        enableForms: false,
        localResourceRoots: [Uri.joinPath(extensionUri, 'dist'), Uri.joinPath(extensionUri, 'media')],
    };
}

/**
 * A webview in a tab, and a new one in its place when VS Code never loads it: each webview waits without end for its
 * service worker, and only a new one waits for it again.
 */
import { ViewColumn, type Disposable, type WebviewPanel } from 'vscode';
import { Listeners } from '../../core/base/listeners.ts';
import { createLoadWatch, type LoadWatch } from './loadWatch.ts';

export interface PanelPlace {
    readonly viewColumn: ViewColumn;
    readonly preserveFocus: boolean;
}

export interface ReplaceableTab {
    /** The webview that is in the tab now. */
    readonly panel: WebviewPanel;
    /** Loads the page, and again in a new webview while it says nothing. Ends the watch over an earlier load. */
    start(load: () => void): void;
    onMessage(listener: (data: unknown) => void): Disposable;
    /** The tab is gone, and no new webview takes its place. */
    onClosed(listener: () => void): Disposable;
}

interface Options {
    /** Makes a webview of the same kind. */
    readonly create: (place: PanelPlace) => WebviewPanel;
    readonly onReplaced: () => void;
    /** The page stayed blank in each of the webviews. */
    readonly onGaveUp: () => void;
}

export function replaceableTab(first: WebviewPanel, { create, onReplaced, onGaveUp }: Options): ReplaceableTab {
    const messages = new Listeners<[unknown]>();
    const closed = new Listeners<[]>();
    let panel = first;
    const watch: LoadWatch = createLoadWatch({
        visible: () => panel.visible,
        later(ms, work) {
            const timer = setTimeout(work, ms);
            return () => clearTimeout(timer);
        },
        onGaveUp,
    });
    const follow = (of: WebviewPanel): void => {
        of.webview.onDidReceiveMessage((data: unknown) => {
            if (panel !== of) return;
            watch.heard();
            messages.emit(data);
        });
        of.onDidDispose(() => {
            if (panel !== of) return;
            watch.heard();
            closed.emit();
        });
    };
    const replace = (): void => {
        const old = panel;
        onReplaced();
        panel = create({ viewColumn: old.viewColumn ?? ViewColumn.Active, preserveFocus: !old.active });
        panel.title = old.title;
        if (old.iconPath) panel.iconPath = old.iconPath;
        follow(panel);
        old.dispose();
    };
    follow(first);
    return {
        get panel() {
            return panel;
        },
        start(load) {
            let loaded = false;
            watch.start(() => {
                if (loaded) replace();
                loaded = true;
                load();
            });
        },
        onMessage: messages.add,
        onClosed: closed.add,
    };
}

/** A sheet in an editor tab, drawn by its own small page. Closing the tab removes it. Nothing of it is stored. */
import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { Uri, ViewColumn, window, type WebviewPanel } from 'vscode';
import { sheetPageMessage, type Sheet } from '../../core/page/sheet.ts';
import { Listeners } from '../../core/base/listeners.ts';
import type { Disposable } from '../../core/base/disposable.ts';
import { isAsking } from './dialogs.ts';
import { sheetHtml } from './pageHtml.ts';
import { replaceableTab, type PanelPlace } from './replaceableTab.ts';

const SHEET_TYPE = 'hush.sheet';
/** ms after which a sheet that has loaded leaves the focus where it is: the person has gone on to something else. */
const FOCUS_WITHIN_MS = 2_000;

export interface SheetTab extends Disposable {
    show(sheet: Sheet): void;
    onPress(listener: (button: string) => void): Disposable;
    onClosed(listener: () => void): Disposable;
    reveal(): void;
}

export function openSheet(extensionUri: Uri, first: Sheet): SheetTab {
    const create = (place: PanelPlace): WebviewPanel =>
        window.createWebviewPanel(SHEET_TYPE, first.title, place, {
            enableScripts: true,
            enableForms: false,
            retainContextWhenHidden: true,
            localResourceRoots: [Uri.joinPath(extensionUri, 'dist')],
        });
    // VS Code gives a page the focus once it has loaded, whatever the person is at by then.
    const opening = create({ viewColumn: ViewColumn.Active, preserveFocus: true });
    const tab = replaceableTab(opening, { create, onReplaced: () => undefined, onGaveUp: () => undefined });
    const presses = new Listeners<[string]>();
    let current = first;
    let open = true;
    const opened = performance.now();
    let focused = false;
    const takeFocus = (): void => {
        if (focused) return;
        focused = true;
        if (performance.now() - opened < FOCUS_WITHIN_MS && !isAsking()) tab.panel.reveal(undefined, false);
    };
    const post = (): void => {
        if (!open) return;
        tab.panel.title = current.title;
        void tab.panel.webview.postMessage({ type: 'sheet', sheet: current });
    };
    tab.onMessage((raw) => {
        const message = v.safeParse(sheetPageMessage, raw);
        if (!message.success) return;
        if (message.output.type === 'ready') {
            post();
            takeFocus();
        } else presses.emit(message.output.id);
    });
    tab.onClosed(() => {
        open = false;
    });
    opening.iconPath = {
        light: Uri.joinPath(extensionUri, 'media', 'panel', 'shield-light.svg'),
        dark: Uri.joinPath(extensionUri, 'media', 'panel', 'shield-dark.svg'),
    };
    tab.start(() => {
        const { webview } = tab.panel;
        const file = (name: string): string =>
            webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', name)).toString();
        webview.html = sheetHtml({
            title: first.title,
            cspSource: webview.cspSource,
            nonce: randomBytes(16).toString('base64url'),
            scriptUri: file('sheet.js'),
            styleUri: file('sheet.css'),
        });
    });
    return {
        show(sheet) {
            current = sheet;
            post();
        },
        onPress: presses.add,
        onClosed: tab.onClosed,
        reveal: () => tab.panel.reveal(),
        dispose: () => tab.panel.dispose(),
    };
}

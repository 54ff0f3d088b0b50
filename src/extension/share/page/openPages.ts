/** Opens the pages of the media host in VS Code: in a tab, or in the person's own browser. */
import { ColorThemeKind, Uri, window } from 'vscode';
import type { Log } from '../../../core/base/log.ts';
import { openBrowserPage } from './browserPage.ts';
import { readPageFiles } from './pageFiles.ts';
import type { PageOpener } from './pageLink.ts';
import { openTab } from './tabPage.ts';

export function createPageOpener(extensionUri: Uri, log: Log): PageOpener {
    const files = () => readPageFiles(Uri.joinPath(extensionUri, 'dist').fsPath);
    return {
        openTab: (request) => openTab(request, extensionUri, log),
        openBrowser: (request) => openBrowserPage(request, { files, log }),
    };
}

export function currentTheme(): 'light' | 'dark' {
    const { kind } = window.activeColorTheme;
    return kind === ColorThemeKind.Light || kind === ColorThemeKind.HighContrastLight ? 'light' : 'dark';
}

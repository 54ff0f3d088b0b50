/** The page of a sheet: draws what the host sends, and says which button was pressed. Its own small bundle. */
import * as v from 'valibot';
import { sheetHostMessage, type SheetPageMessage } from '../../core/page/sheet.ts';
import { drawSheet } from './draw.ts';

import '../ui/page.css';
import './sheet.css';

const app = document.getElementById('app') ?? document.body;
const api = globalThis.acquireVsCodeApi?.();
const send = (message: SheetPageMessage): void => api?.postMessage(message);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
    // VS Code's frame around the webview is the only sender: a frame below this page would be another origin.
    if (event.origin !== window.origin && event.source !== window.parent) return;
    const message = v.safeParse(sheetHostMessage, event.data);
    if (message.success) drawSheet(app, message.output.sheet, (id) => send({ type: 'press', id }));
});
send({ type: 'ready' });

/** The page of a sheet: draws what the host sends, and reports which button was pressed. Its own small bundle. */
import * as v from 'valibot';
import { sheetHostMessage, type SheetPageMessage } from '../../core/page/sheet.ts';
import { drawSheet } from './draw.ts';

import '../ui/page.css';
import './sheet.css';

const app = document.getElementById('app') ?? document.body;
const api = globalThis.acquireVsCodeApi?.();
const send = (message: SheetPageMessage): void => api?.postMessage(message);

window.addEventListener('message', (event: MessageEvent<unknown>) => {
    // Only VS Code's frame around the webview may send. A frame inside this page would have another origin.
    if (event.origin !== window.origin && event.source !== window.parent) return;
    const message = v.safeParse(sheetHostMessage, event.data);
    if (message.success) drawSheet(app, message.output.sheet, (id) => send({ type: 'press', id }));
});
send({ type: 'ready' });

/** The webview of the chat: its page and the channel to it. VS Code discards the page when it is hidden. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { createChannel, type Channel } from '../../core/page/channel.ts';
import {
    CHAT_PAGE_ID,
    chatPageMessage,
    type ChatHostMessage,
    type ChatPageMessage,
} from '../../core/chat/chatPageMessages.ts';
import { DisposableScope, type Disposable } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import { chatHtml } from './chatHtml.ts';

const CHAT_VIEW = 'hush.chat';

export interface ChatWebview extends Disposable {
    /** Undefined until it is opened for the first time. */
    readonly view: vscode.WebviewView | undefined;
    readonly hasPage: boolean;
    readonly isLoaded: boolean;
    /** Resolves when the current page has loaded. */
    loaded(): Promise<void>;
    /** The page said that it is ready. */
    pageLoaded(): void;
    post(message: ChatHostMessage): void;
    /** Opens the view and gives it the focus. */
    focus(): Promise<void>;
    /** Opens the view. It gets the focus only if it was never open. */
    show(): Promise<void>;
}
export interface ChatWebviewOptions {
    readonly extensionUri: vscode.Uri;
    readonly onMessage: (message: ChatPageMessage) => void;
    readonly onOpened: () => void;
    readonly onClosed: () => void;
    readonly log: Log;
}

export function createChatWebview(options: ChatWebviewOptions): ChatWebview {
    const { extensionUri, onMessage, log } = options;
    const scope = new DisposableScope();
    let view: vscode.WebviewView | undefined;
    let channel: Channel<ChatHostMessage> | undefined;
    let generation = 0;
    let loaded = Promise.withResolvers<void>();
    let isLoaded = false;
    const unloaded = (): void => {
        loaded = Promise.withResolvers();
        isLoaded = false;
    };
    const open = (webview: vscode.Webview): Channel<ChatHostMessage> =>
        createChannel<ChatPageMessage, ChatHostMessage>({
            pageId: CHAT_PAGE_ID,
            generation: ++generation,
            transport: {
                post: (data) => void webview.postMessage(data),
                onData(listener) {
                    const subscription = webview.onDidReceiveMessage(listener);
                    return () => subscription.dispose();
                },
            },
            incoming: chatPageMessage,
            onMessage,
            onDropped: (reason) => log.warn(`chat page: ${reason}`),
        });
    const provider: vscode.WebviewViewProvider = {
        resolveWebviewView(resolved) {
            view = resolved;
            const { webview } = resolved;
            webview.options = { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist')] };
            channel?.close();
            const opened = open(webview);
            channel = opened;
            resolved.onDidChangeVisibility(() => {
                if (!resolved.visible) unloaded();
            });
            resolved.onDidDispose(() => {
                unloaded();
                opened.close();
                if (view === resolved) view = undefined;
                options.onClosed();
            });
            webview.html = htmlOf(webview, extensionUri, generation);
            options.onOpened();
        },
    };
    scope.add(vscode.window.registerWebviewViewProvider(CHAT_VIEW, provider));
    const focus = async (): Promise<void> => void (await vscode.commands.executeCommand(`${CHAT_VIEW}.focus`));
    return {
        get view() {
            return view;
        },
        get hasPage() {
            return channel !== undefined;
        },
        get isLoaded() {
            return isLoaded;
        },
        loaded: () => loaded.promise,
        pageLoaded() {
            loaded.resolve();
            isLoaded = true;
        },
        post: (message) => channel?.send(message),
        focus,
        async show() {
            if (view) view.show(true);
            else await focus();
        },
        dispose: () => scope.dispose(),
    };
}

function htmlOf(webview: vscode.Webview, extensionUri: vscode.Uri, generation: number): string {
    const file = (name: string): string =>
        webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, 'dist', name)).toString();
    return chatHtml({
        generation,
        language: vscode.env.language,
        cspSource: webview.cspSource,
        nonce: randomBytes(16).toString('base64url'),
        scriptUri: file('chat.js'),
        styleUri: file('chat.css'),
    });
}

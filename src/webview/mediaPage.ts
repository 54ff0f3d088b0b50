/** The page: finds its host, reports its abilities, and becomes a share or a view by the host's first message. */
import { LogLevel, setLogExtension, setLogLevel } from 'livekit-client';
import { guardedConnections } from '../livekit/browser/guardedConnections.ts';
import { createKeyRing } from '../livekit/browser/mediaKeys.ts';
import { loadWorker } from '../livekit/browser/workerUrl.ts';
import { detectCapabilities } from './capture/pageCapabilities.ts';
import { HostPortError, type HostPort } from './host/hostPort.ts';
import { createLoopbackPort } from './host/loopbackPort.ts';
import { createWebviewPort } from './host/webviewPort.ts';
import { createChannel, type Channel } from '../core/page/channel.ts';
import { hostMessage, type HostMessage, type PageMessage } from '../core/share/mediaMessages.ts';
import { createShareController } from './share/shareController.ts';
import { h } from './ui/dom.ts';
import { createViewController } from './view/viewController.ts';
import './ui/page.css';
import './ui/menu.css';
import './view/view.css';
import './share/share.css';
import './pointing/pointing.css';

interface Role {
    handle(message: HostMessage): void;
    gone(reason: string): void;
}

const root = document.documentElement;
const app = document.getElementById('app') ?? document.body;

void start().catch((error: unknown) => {
    const text =
        error instanceof HostPortError ? error.message : 'This page could not start. Go back to VS Code and try again.';
    app.dataset['hushState'] = 'dead';
    app.replaceChildren(
        h('main', { class: 'share' }, h('h1', {}, 'Hush'), h('p', { class: 'line', role: 'alert' }, text)),
    );
});

async function start(): Promise<void> {
    const port = createWebviewPort(root) ?? (await createLoopbackPort());
    root.dataset['hushHost'] = port.kind;
    const keys = createKeyRing();
    let role: Role | undefined;
    let gone: string | undefined;
    let worker: Promise<string> | undefined;
    const channel: Channel<PageMessage> = createChannel({
        pageId: port.pageId,
        generation: port.generation,
        transport: port.transport,
        incoming: hostMessage,
        onMessage(message) {
            applyKeys(message);
            if (message.type === 'init') role ??= becomeRole(message, port);
            role?.handle(message);
            if (gone !== undefined) role?.gone(gone);
        },
        onDropped: (reason) => log('warn', `dropped: ${reason}`),
    });
    const log = (level: 'warn' | 'error', text: string): void =>
        channel.send({ type: 'log', level, text: text.slice(0, 1_000) });

    const applyKeys = (message: HostMessage): void => {
        if (message.type !== 'keys.set') return;
        keys.set(message.identity, message.index, message.key).catch(() =>
            log('error', `key ${message.index} could not be used`),
        );
    };
    const becomeRole = (init: Extract<HostMessage, { type: 'init' }>, { persist }: HostPort): Role => {
        app.dataset['hushRole'] = init.role;
        document.title = init.title;
        if (port.kind === 'loopback') root.dataset['theme'] = init.theme;
        persist(init.persist);
        const options = {
            root: app,
            keys,
            // Loaded on first use. After a failure, the next attempt loads it again.
            worker: () =>
                (worker ??= loadWorker(port.workerUrl).catch((error: unknown) => {
                    worker = undefined;
                    throw error;
                })),
            send: (message: PageMessage) => channel.send(message),
            now: () => performance.now(),
        };
        void options.worker().catch(() => undefined); // load it early, because the first frame needs it
        return init.role === 'share' ? createShareController(options) : createViewController(options);
    };
    port.onGone((reason) => {
        gone = reason;
        role?.gone(reason);
    });
    setLogLevel(LogLevel.warn);
    // Log the text only, because the context objects contain identities.
    setLogExtension((level, text) => {
        if (level >= LogLevel.warn) log(level >= LogLevel.error ? 'error' : 'warn', `livekit: ${text}`);
    });
    // livekit-client takes the constructor from here, and the ICE servers from the SFU.
    if ('RTCPeerConnection' in globalThis)
        globalThis.RTCPeerConnection = guardedConnections(RTCPeerConnection, (urls) =>
            channel.send({ type: 'servers.refused', urls: urls.slice(0, 100).map((url) => url.slice(0, 512)) }),
        );
    channel.send({ type: 'ready', ...detectCapabilities() });
}

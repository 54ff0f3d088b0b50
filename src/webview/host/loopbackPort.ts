/** The page in the person's own browser. It talks to VS Code over a WebSocket on 127.0.0.1. */
import * as v from 'valibot';
import { CHANNEL_PATH, closeCodes, TOKEN_PATTERN, welcome, type Hello } from '../../core/page/handshake.ts';
import { PROTOCOL_VERSION } from '../../core/page/envelope.ts';
import { HostPortError, type HostPort } from './hostPort.ts';

const USED = 'This link has been used already. Go back to VS Code and share again.';
const LOST = 'VS Code is no longer connected to this page, so the sharing was stopped.';

/**
 * First removes the token from the address bar, and so from the history. Then sends it to the host. @throws
 * HostPortError if there is no token or the host refuses it.
 */
export async function createLoopbackPort(): Promise<HostPort> {
    const token = window.location.hash.slice(1);
    history.replaceState(null, '', window.location.pathname + window.location.search);
    if (!TOKEN_PATTERN.test(token)) throw new HostPortError(USED);

    const url = new URL(CHANNEL_PATH, window.location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    const socket = new WebSocket(url);
    const listeners = new Set<(data: unknown) => void>();
    const early: unknown[] = [];
    const goneListeners = new Set<(reason: string) => void>();
    let goneReason: string | undefined;

    const address = await new Promise<v.InferOutput<typeof welcome>['welcome']>((resolve, reject) => {
        let welcomed = false;
        socket.addEventListener('open', () => {
            socket.send(JSON.stringify({ hush: PROTOCOL_VERSION, hello: token } satisfies Hello));
        });
        socket.addEventListener('message', (event: MessageEvent<unknown>) => {
            const data = parse(event.data);
            if (welcomed) {
                if (listeners.size === 0) early.push(data);
                for (const listener of listeners) listener(data);
                return;
            }
            const answer = v.safeParse(welcome, data);
            if (!answer.success) return socket.close();
            welcomed = true;
            resolve(answer.output.welcome);
        });
        socket.addEventListener('close', (event) => {
            goneReason = explainClose(event.code, welcomed);
            for (const listener of goneListeners) listener(goneReason);
            reject(new HostPortError(goneReason));
        });
    });

    return {
        kind: 'loopback',
        ...address,
        workerUrl: new URL('mediaWorker.js', window.location.href).href,
        transport: {
            post(data) {
                if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(data));
            },
            onData(listener) {
                listeners.add(listener);
                for (const data of early.splice(0)) listener(data);
                return () => listeners.delete(listener);
            },
        },
        persist() {
            // A browser tab cannot be restored, because its token is used up.
        },
        onGone(listener) {
            goneListeners.add(listener);
            if (goneReason !== undefined) listener(goneReason);
        },
    };
}

function parse(data: unknown): unknown {
    if (typeof data !== 'string') return undefined;
    try {
        return JSON.parse(data) as unknown;
    } catch {
        return undefined;
    }
}

function explainClose(code: number, welcomed: boolean): string {
    if (code === closeCodes.finished) return 'Sharing has ended. You can close this tab.';
    if (code === closeCodes.taken) return 'This share is already open in another tab.';
    if (code === closeCodes.refused) return USED;
    return welcomed ? LOST : 'VS Code did not answer. Go back to VS Code and share again.';
}

/** The leader's side: the person's other windows use the account through it, each from its own seat. */
import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { callAccount, followAccount } from '../../core/account/accountCalls.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import {
    callNotice,
    callRequest,
    frontNotice,
    heardSecret,
    openLink,
    pingRequest,
    staleNotice,
    toldNotice,
    welcomeNotice,
} from './link.ts';
import type { Leader } from './leaderFile.ts';
import type { Seats } from './seats.ts';
import { followMirrored, keysChange, mirroredOf } from './mirrors.ts';
import { toWire, toWireArgument, type Answer, type LeaderEvent } from './wire.ts';

export interface WindowServer {
    /** From now on, a window that disconnects keeps what it had begun. The next leader continues that. */
    letGo(): void;
    /** Ends every connection after its last messages are sent. The other windows then look for a new leader. */
    close(): void;
}
export interface ServeOptions {
    readonly seats: Seats;
    /** Another window found that our sign-in has ended, and has a newer one. */
    onStale(): void;
    readonly log: Log;
}

interface Serving {
    letGo: boolean;
    /** One function for each window. It ends the connection after the last message. */
    readonly ending: Set<() => void>;
}

/** Time limit in ms for the last messages to other windows. */
const LAST_WORDS_MS = 1_000;

/** Rejects if the socket cannot be created. */
export async function serveWindows(leader: Leader, options: ServeOptions): Promise<WindowServer> {
    const { log } = options;
    const sockets = new Set<Socket>();
    const serving: Serving = { letGo: false, ending: new Set() };
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', (error) => log.debug(`another window: ${error.message}`));
        void heardSecret(socket, leader.secret).then((known) => {
            if (known) serve(socket, options, serving);
            else {
                log.warn('Refused a connection to the socket of this window: wrong secret');
                socket.destroy();
            }
        });
    });
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(leader.socket, resolve);
    });
    if (process.platform !== 'win32') await chmod(leader.socket, 0o600);
    return {
        letGo() {
            serving.letGo = true;
        },
        close() {
            server.close();
            for (const end of serving.ending) end();
            for (const socket of sockets) setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref();
        },
    };
}

function serve(socket: Socket, { seats, onStale, log }: ServeOptions, serving: Serving): void {
    const seat = seats.take();
    const { account } = seat;
    const link = openLink(socket);
    const scope = new DisposableScope();
    let spoken: Promise<unknown> = Promise.resolve();
    const say = (said: Promise<void>): void => {
        spoken = said.catch((error: unknown) => log.debug(`another window: ${String(error)}`));
    };
    const tell = (told: LeaderEvent): void => say(link.sendNotification(toldNotice, told));
    const end = (): void => void spoken.then(() => socket.end());
    serving.ending.add(end);

    link.onNotification(frontNotice, () => seat.front());
    link.onNotification(staleNotice, onStale);
    link.onRequest(pingRequest, () => true as const);
    link.onNotification(callNotice, ({ path, args }) => {
        try {
            callAccount(account, path, args);
        } catch (error) {
            log.warn(`A message of another window (${path}) was not handled`, error);
        }
    });
    link.onRequest(callRequest, async ({ path, args }): Promise<Answer> => {
        try {
            const value = await callAccount(account, path, args);
            const [roomId] = args;
            if (path.startsWith('rtc.') && typeof roomId === 'string')
                tell({ kind: 'change', change: keysChange(account, roomId) });
            return { ok: true, value };
        } catch (error) {
            return { ok: false, error: toWire(error) };
        }
    });
    link.onClose(() => {
        scope.dispose();
        serving.ending.delete(end);
        if (!serving.letGo) void account.stop();
    });
    link.listen();
    const mirrored = mirroredOf(account);
    say(link.sendNotification(welcomeNotice, { userId: account.userId, deviceId: account.deviceId, mirrored }));
    const followed = [
        ...followMirrored(account, mirrored, (change) => tell({ kind: 'change', change })),
        ...followAccount(account, (path, args) => tell({ kind: 'event', path, args: args.map(toWireArgument) })),
    ];
    for (const listening of followed) scope.add(listening);
    log.info('Another window uses this account through this one');
}

/** The owner's side: lets the person's other windows use the account, each from a seat of its own. */
import { chmod } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import type { Account } from '../../core/account/account.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { Log } from '../../core/base/log.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
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
    type Call,
} from './link.ts';
import type { Owner } from './ownerFile.ts';
import type { Seats } from './seats.ts';
import { isMethod, toWire, type Answer, type RoomKeys, type Told } from './wire.ts';

export interface WindowServer {
    /** From now on a window that goes keeps what it is in the middle of: the next owner goes on with that. */
    letGo(): void;
    /** Ends every connection when what was told has gone out; the other windows look for a new owner. */
    close(): void;
}
export interface ServeOptions {
    readonly seats: Seats;
    /** A window found that our sign-in is over, and has a newer one. */
    onStale(): void;
    readonly log: Log;
}

interface Serving {
    letGo: boolean;
    /** One for each window: ends its connection after the last word. */
    readonly ending: Set<() => void>;
}

/** ms for the last words to other windows. */
const LAST_WORDS_MS = 1_000;

/** Rejects when the socket cannot be made. */
export async function serveWindows(owner: Owner, options: ServeOptions): Promise<WindowServer> {
    const { log } = options;
    const sockets = new Set<Socket>();
    const serving: Serving = { letGo: false, ending: new Set() };
    const server = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', (error) => log.debug(`another window: ${error.message}`));
        void heardSecret(socket, owner.secret).then((known) => {
            if (known) serve(socket, options, serving);
            else {
                log.warn('Something that does not know the secret knocked at the socket of this window');
                socket.destroy();
            }
        });
    });
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(owner.socket, resolve);
    });
    if (process.platform !== 'win32') await chmod(owner.socket, 0o600);
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
    const tell = (told: Told): void => {
        spoken = link
            .sendNotification(toldNotice, told)
            .catch((error: unknown) => log.debug(`another window: ${String(error)}`));
    };
    const end = (): void => void spoken.then(() => socket.end());
    serving.ending.add(end);
    const keysOf = (roomId: string): RoomKeys => ({ roomId, keys: account.rtc.currentKeys(roomId) });

    link.onNotification(frontNotice, () => seat.front());
    link.onNotification(staleNotice, onStale);
    link.onRequest(pingRequest, () => true as const);
    link.onNotification(callNotice, (call) => {
        try {
            run(account, call);
        } catch (error) {
            log.warn(`What another window told (${call.path}) was not taken`, error);
        }
    });
    link.onRequest(callRequest, async (call): Promise<Answer> => {
        try {
            const value = await run(account, call);
            const [roomId] = call.args;
            if (call.path.startsWith('rtc.') && typeof roomId === 'string')
                tell({ kind: 'keys', keys: keysOf(roomId) });
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
    const rooms = account.rooms();
    link.sendNotification(welcomeNotice, {
        userId: account.userId,
        deviceId: account.deviceId,
        state: account.state,
        rooms,
        keys: rooms.map(({ roomId }) => keysOf(roomId)).filter(({ keys }) => keys.length > 0),
    }).catch((error: unknown) => log.debug(`another window: ${String(error)}`));
    forward(account, scope, tell, keysOf, rooms);
    log.info('Another window uses this account through this one');
}

function run(account: Account, { path, args }: Call): unknown {
    if (!isMethod(path)) throw new Error('no such method');
    const [first, second] = path.split('.') as [string, string | undefined];
    const target = (second === undefined ? account : (account as unknown as Record<string, object>)[first]) as Record<
        string,
        (...args: readonly unknown[]) => unknown
    >;
    return target[second ?? first]?.(...args);
}

/** Everything that the account tells by itself. */
function forward(
    account: Account,
    scope: DisposableScope,
    tell: (told: Told) => void,
    keysOf: (roomId: string) => RoomKeys,
    known: readonly RoomSnapshot[],
): void {
    let before = new Map(known.map((room) => [room.roomId, room]));
    scope.add(account.onState((state) => tell({ kind: 'state', state })));
    scope.add(
        account.onRooms(() => {
            const now = account.rooms();
            const changed = now.filter((room) => before.get(room.roomId) !== room);
            before = new Map(now.map((room) => [room.roomId, room]));
            tell({ kind: 'rooms', order: now.map((room) => room.roomId), changed });
        }),
    );
    scope.add(account.onInvite((room) => tell({ kind: 'invite', room })));
    scope.add(
        account.rtc.onKey((event) => {
            tell({ kind: 'keys', keys: keysOf(event.kind === 'key' ? event.key.roomId : event.roomId) });
            tell({ kind: 'key', event });
        }),
    );
    scope.add(account.rtc.onWatch((event) => tell({ kind: 'watch', event })));
    scope.add(
        account.rtc.onMembershipLost(({ roomId, error }) => tell({ kind: 'lost', roomId, error: toWire(error) })),
    );
    scope.add(account.roomAdmin.onNews((news) => tell({ kind: 'roomNews', news })));
    tell({ kind: 'own', own: account.trust.own });
    scope.add(account.trust.onOwn((own) => tell({ kind: 'own', own })));
    scope.add(account.trust.onVerification((verification) => tell({ kind: 'verification', verification })));
    scope.add(account.rtc.onWithheld((event) => tell({ kind: 'withheld', event })));
    scope.add(account.rtc.onAudience((event) => tell({ kind: 'audience', event })));
    scope.add(account.calls.onForeignCall((event) => tell({ kind: 'foreign', event })));
    scope.add(account.calls.onPage((call, generation, message) => tell({ kind: 'page', call, generation, message })));
    scope.add(account.chat.onChange((roomId) => tell({ kind: 'chat', roomId })));
    scope.add(account.files.onProgress((progress) => tell({ kind: 'progress', progress })));
    scope.add(account.presence.onActivity((roomId) => tell({ kind: 'activity', roomId })));
    scope.add(account.calls.onGaveUp((call, generation) => tell({ kind: 'gaveUp', call, generation })));
}

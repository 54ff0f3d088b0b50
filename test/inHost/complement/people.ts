/** People of the scenarios: each is signed in with the built engine in this extension host, through a proxy of their own. */
import { loadAccount } from '../../../src/core/account/storedAccounts.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import type { FaultRule } from '../../integration/support/faultRules.ts';
import type { Passing } from '../../integration/support/faultProxy.ts';
import { newPerson, pair, signedIn, until, type Person } from '../../integration/support/matrixAccounts.ts';
import { eventually } from '../../stack/eventually.ts';
import type { FederatedServer, HostWorld } from '../world.ts';

/** One person's way to the homeserver. */
export interface Line {
    readonly url: string;
    /** In place of the rules before. */
    fail(...rules: readonly FaultRule[]): Promise<void>;
    /** Keeps answers back; the returned function lets them go. */
    hold(path: string): Promise<() => Promise<void>>;
    /** The first request that fits, now or to come, after the first `from`. */
    request(fits: (passing: Passing) => boolean, from?: number): Promise<Passing>;
    /** All up to now. */
    all(): Promise<readonly Passing[]>;
}
export interface Someone extends Person {
    readonly line: Line;
    /** A request as this device. Rejects with the server's sentence. */
    http(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}
export interface Said {
    readonly eventId: string;
    /** The Megolm session it was encrypted with. */
    readonly session: string;
}

/** ms for what takes a few requests between two devices. */
const PATIENCE = 60_000;

async function openLine(world: HostWorld, server?: FederatedServer): Promise<Line> {
    const { line, url } = await world.openLine(server);
    const seen: Passing[] = [];
    const more = async (): Promise<void> => {
        const from = seen.length;
        const next = await world.seen(line, from);
        if (seen.length === from) seen.push(...next); // two may wait at once
    };
    const own: Line = {
        url,
        fail: (...rules) => world.setFaults(line, rules),
        async hold(path) {
            await world.holdAnswers(line, path);
            return () => world.holdAnswers(line, null);
        },
        async request(fits, from = 0) {
            const deadline = Date.now() + PATIENCE;
            for (;;) {
                const found = seen.slice(from).find(fits);
                if (found) return found;
                if (Date.now() > deadline) throw new Error('a request that was waited for did not come');
                await more();
            }
        },
        async all() {
            const marker = `/_hush_mark/${seen.length}/${Math.random()}`;
            await fetch(`${url}${marker}`);
            await own.request(({ path }) => path === marker);
            return [...seen];
        },
    };
    return own;
}

export function createPeople(world: HostWorld) {
    const people: Person[] = [];
    const complete = (person: Person, line: Line): Someone => {
        people.push(person);
        const extra = {
            line,
            async http(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
                const token = (await loadAccount(person.vault, person.log))?.accessToken ?? '';
                const answer = await fetch(`${line.url}/_matrix/client/v3${path}`, {
                    method,
                    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
                    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
                });
                const json = (await answer.json()) as Record<string, unknown>;
                if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${String(json['error'])}`);
                return json;
            },
        };
        return Object.create(person, Object.getOwnPropertyDescriptors(extra)) as Someone;
    };
    /** Its keys are on the server: who looks it up from now on finds it. */
    const found = async (p: Someone): Promise<Someone> => {
        await eventually(async () => {
            const { device_keys: keys } = await p.http('POST', '/keys/query', { device_keys: { [p.userId]: [] } });
            const mine = (keys as Record<string, Record<string, unknown>>)[p.userId];
            return mine?.[p.account.deviceId] !== undefined;
        }, 'the keys of a device');
        return p;
    };
    const personOn = async (
        server: FederatedServer | undefined,
        name: string,
        rules: readonly FaultRule[] = [],
    ): Promise<Someone> => {
        const line = await openLine(world, server);
        await line.fail(...rules);
        const createAccount: HostWorld['createAccount'] = (localpart, options) =>
            world.createAccount(localpart, options, server);
        return found(complete(await newPerson({ baseUrl: line.url, createAccount }, name), line));
    };
    const person = (name: string, ...rules: readonly FaultRule[]): Promise<Someone> => personOn(undefined, name, rules);
    return {
        person,
        personOn,
        /** Another device of the same person. */
        async again({ userId, password }: Person): Promise<Someone> {
            const line = await openLine(world);
            return found(complete(await signedIn({ baseUrl: line.url }, userId, password), line));
        },
        /** Two people who have exchanged a message, so that sessions and keys are there. */
        async talking(): Promise<{ alice: Someone; bob: Someone; roomId: string; session: string }> {
            const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
            await Promise.all([alice, bob].map(trusted));
            const roomId = await pair(alice, bob);
            const { eventId, session } = await say(alice, roomId, 'hello');
            await reads(bob, roomId, eventId, 'hello');
            return { alice, bob, roomId, session };
        },
        async stop(): Promise<void> {
            await Promise.all(people.splice(0).map((p) => p.account.stop().catch(() => undefined)));
        },
    };
}
export type People = ReturnType<typeof createPeople>;

export function trusted(p: Person): Promise<void> {
    return until(
        () => p.account.trust.own.kind === 'trusted',
        (check) => p.account.trust.onOwn(check),
        'own trust',
    );
}

/** A room as its own rules want it; `extra` as for /createRoom. */
export async function encryptedRoom(
    p: Someone,
    rules: Readonly<Record<string, number>> = {},
    extra: Readonly<Record<string, unknown>> = {},
): Promise<string> {
    const content = { algorithm: 'm.megolm.v1.aes-sha2', ...rules };
    const state = [{ type: 'm.room.encryption', state_key: '', content }];
    const { room_id: roomId } = await p.http('POST', '/createRoom', { ...extra, initial_state: state });
    await until(
        () => p.account.rooms().some((room) => room.roomId === roomId && room.encrypted),
        (check) => p.account.onRooms(check),
        'the room',
    );
    return String(roomId);
}

let messages = 0;

/** Sends a message as Hush's chat does. @throws HushError when it was not sent. */
export async function say(from: Someone, roomId: string, body: string, txnId = `m${messages++}`): Promise<Said> {
    await from.account.chat.send(roomId, txnId, { kind: 'text', markdown: body, replyTo: null });
    const put = await from.line.request(({ path }) => path.endsWith(`/send/m.room.encrypted/${txnId}`));
    const { key } = await message(from, roomId, (m) => m.txnId === txnId && m.kind === 'text');
    return { eventId: key, session: (JSON.parse(put.body) as { session_id: string }).session_id };
}

/** Resolves when `reader` can read it, and it is that text. */
export async function reads(reader: Person, roomId: string, eventId: string, body: string): Promise<void> {
    await message(reader, roomId, (m) => m.key === eventId && m.kind === 'text' && m.body === body);
}

/** Resolves with why it cannot be read. */
export async function failsToRead(reader: Person, roomId: string, eventId: string): Promise<string> {
    return (await message(reader, roomId, (m) => m.key === eventId && m.kind === 'unreadable')).body;
}

/** Resolves with whether it can be read, once it is there. */
export async function canRead(reader: Person, roomId: string, eventId: string): Promise<boolean> {
    return (await message(reader, roomId, (m) => m.key === eventId)).kind === 'text';
}

async function message(p: Person, roomId: string, fits: (message: ChatMessage) => boolean): Promise<ChatMessage> {
    const deadline = Date.now() + PATIENCE;
    let shown: readonly ChatMessage[] = [];
    for (;;) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const subscription = p.account.chat.onChange(() => resolve());
        const again = setTimeout(resolve, 500); // a room that is not there yet tells nothing
        try {
            const timeline = await p.account.chat.timeline(roomId);
            shown = timeline.messages;
            const found = shown.find(fits);
            if (found) return found;
            if (!timeline.atStart) await p.account.chat.earlier(roomId);
            if (Date.now() > deadline)
                throw new Error(`a message did not come; there are ${JSON.stringify(shown.map((m) => m.body))}`);
            await promise;
        } finally {
            clearTimeout(again);
            subscription.dispose();
        }
    }
}

/** Resolves when `p` knows the device, or does not know it (any more). */
export async function knows(p: Person, userId: string, deviceId: string, there: boolean): Promise<void> {
    await eventually(
        async () => ((await p.account.deviceTrust(userId, deviceId)) !== 'unknown') === there,
        `the device ${there ? 'to be known' : 'to be gone'}`,
    );
}

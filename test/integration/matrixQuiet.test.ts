/** Rooms that Hush can do nothing in cost no traffic, and come back when they matter. On a real homeserver. */
import assert from 'node:assert/strict';
import { login, request, type Login } from '../stack/accounts.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { newPerson, untilRoom, until, type Person } from './support/matrixAccounts.ts';

describe('rooms that are left out of the sync', function () {
    this.timeout(90_000);
    let synapse: Synapse;
    let alice: Person;
    let elsewhere: Login;
    let lobby: string;
    let other: string;
    /** Rooms in the answers to /sync. */
    const synced: string[] = [];
    const listening: typeof fetch = async (input, init) => {
        const response = await fetch(input, init);
        if (!String(input).includes('/sync')) return response;
        const body = (await response.json()) as { rooms?: { join?: object } };
        synced.push(...Object.keys(body.rooms?.join ?? {}));
        return Response.json(body, { status: response.status });
    };
    /** Two days on: what was joined just now is not new any more. */
    const later = { fetch: listening, now: () => Date.now() + 2 * 86_400_000 };
    const put = async (roomId: string, path: string, content: object): Promise<void> => {
        const response = await fetch(
            `${synapse.baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/${path}`,
            {
                method: 'PUT',
                body: JSON.stringify(content),
                headers: { Authorization: `Bearer ${elsewhere.accessToken}` },
            },
        );
        assert.equal(response.status, 200);
    };

    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse();
        alice = await newPerson(synapse, 'Alice', { fetch: listening });
        elsewhere = await login(synapse.baseUrl, alice);
        const create = async (name: string): Promise<string> => {
            const room = { name, preset: 'public_chat' };
            const { room_id: id } = await request(
                `${synapse.baseUrl}/_matrix/client/v3/createRoom`,
                room,
                elsewhere.accessToken,
            );
            await untilRoom(alice.account, String(id), (snapshot) => snapshot.name === name, name);
            return String(id);
        };
        lobby = await create('Lobby');
        other = await create('Other');
        await alice.reopen(later);
        await until(
            () => alice.account.state.kind === 'ready' && alice.account.state.online,
            (check) => alice.account.onState(check),
            'online',
        );
    });
    after(async () => {
        await alice?.account.stop();
        await synapse?.stop();
    });

    it('what is said in a clear room does not come in; what is said where it matters does', async () => {
        const session = await alice.account.createSessionRoom({ name: 'S', invite: [], workspaceLink: undefined });
        synced.length = 0;
        await put(lobby, 'send/m.room.message/1', { msgtype: 'm.text', body: 'busy here' });
        await alice.account.chat.timeline(session);
        await alice.account.chat.send(session, 'q1', { kind: 'text', markdown: 'hello', replyTo: null });
        await until(
            () => synced.includes(session),
            (check) => alice.account.chat.onChange(check),
            'the message of the session',
        );
        assert.ok(!synced.includes(lobby));
        const rooms = alice.account.rooms().map(({ name }) => name);
        assert.deepEqual(rooms.toSorted(), ['Lobby', 'Other', 'S']);
    });

    it('a clear room that somebody encrypts is there, encrypted and fresh, once it is looked at; also after a restart', async () => {
        await put(lobby, 'state/m.room.encryption/', { algorithm: 'm.megolm.v1.aes-sha2' });
        alice.account.presence.look(lobby);
        await untilRoom(alice.account, lobby, ({ encrypted }) => encrypted, 'the room encrypted');
        await alice.account.chat.timeline(lobby);
        await alice.account.chat.send(lobby, 'q2', { kind: 'text', markdown: 'now we can', replyTo: null });
        await until(
            () => synced.includes(lobby),
            (check) => alice.account.chat.onChange(check),
            'its message',
        );
        await alice.reopen(later);
        await untilRoom(alice.account, lobby, ({ encrypted }) => encrypted, 'the room encrypted after the restart');
        const { chat } = alice.account;
        let last = (await chat.timeline(lobby)).messages.at(-1)?.body;
        await until(
            () => last === 'now we can',
            (check) =>
                chat.onChange(
                    () => void chat.timeline(lobby).then(({ messages }) => ((last = messages.at(-1)?.body), check())),
                ),
            'the message after the restart',
        );
    });

    it('a clear room that was left on another device is gone once it is looked at', async () => {
        await request(
            `${synapse.baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(other)}/leave`,
            {},
            elsewhere.accessToken,
        );
        alice.account.presence.look(other);
        await until(
            () => alice.account.rooms().every(({ roomId }) => roomId !== other),
            (check) => alice.account.onRooms(check),
            'the room gone',
        );
    });
});

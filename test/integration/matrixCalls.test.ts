/** `src/matrix/calls` on a real Synapse: calls through Megolm, what is refused, and glare between real clients. */
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import type { RoomSnapshot } from '../../src/core/rooms/room.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { login } from '../stack/accounts.ts';
import { createFakePages, type FakePages } from './support/fakePages.ts';
import { newPerson, pair, until, untilRoom, type OpenOptions, type Person } from './support/matrixAccounts.ts';
import { lastClientOf } from './support/matrixClients.ts';

describe('calls through the room', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    const people: Person[] = [];
    let pages: FakePages;
    const person = async (name: string, options: OpenOptions = {}): Promise<Person> => {
        const made = await newPerson(synapse, name, options);
        people.push(made);
        pages.add(made);
        return made;
    };
    const watch = (viewer: Person, sharer: Person, roomId: string, shareId: string): void =>
        viewer.account.calls.watch(
            { roomId, userId: sharer.userId, deviceId: sharer.account.deviceId, shareId },
            { pageId: `view:${shareId}`, generation: 1 },
        );
    const serve = (sharer: Person, roomId: string, shareId: string): void =>
        sharer.account.calls.publish({ roomId, shareId }, { pageId: `share:${shareId}`, generation: 1 });
    const live = (...shareIds: string[]): Promise<void> =>
        until(
            () => shareIds.every((id) => [...pages.live.values()].includes(`view:${id}`)),
            (check) => pages.onChange(check),
            `pictures of ${shareIds.join(', ')}`,
        );
    before(async () => {
        pages = createFakePages();
        synapse = await startSynapse();
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });

    it('a viewer asks, is called and answers', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        serve(alice, roomId, 'S1');
        const began = performance.now();
        watch(bob, alice, roomId, 'S1');
        await live('S1');
        console.log(`        asked to answered: ${Math.round(performance.now() - began)} ms`);
        assert.equal(pages.openOf(alice).length, 1);
        bob.account.calls.release('view:S1');
        await until(
            () => pages.openOf(alice).length === 0,
            (check) => pages.onChange(check),
            'the hang-up',
        );
    });

    it('a media server that the room gains while somebody shares is named by their membership, which goes on', async () => {
        const options = { serviceUrl: '' };
        const [alice, bob] = await Promise.all([person('Alice', options), person('Bob')]);
        const roomId = await pair(alice, bob);
        const share = { id: '01MOVES', startedTs: 1_795_000_000_000 };
        const { rtc } = alice.account;
        await rtc.join(roomId, [{ ...share, transport: 'mesh' }]);
        const first = await untilRoom(bob.account, roomId, (r) => r.rtc.length === 1, 'the direct share');
        assert.equal(first.rtc[0]?.serviceUrl, undefined);
        await assert.rejects(rtc.publishGrant(roomId), { code: 'media.noServer' });
        options.serviceUrl = 'http://127.0.0.1:9/livekit';
        await assert.rejects(rtc.publishGrant(roomId), { code: 'network.offline' }); // it is asked now
        await rtc.announce(roomId, [share]);
        const there = (r: RoomSnapshot): boolean => r.rtc[0]?.serviceUrl === options.serviceUrl;
        const second = await untilRoom(bob.account, roomId, there, 'the media server in the membership');
        assert.deepEqual(second.rtc[0]?.shares, [share]);
        assert.equal(second.rtc[0]?.createdTs, first.rtc[0]?.createdTs, 'it was never left');
        await rtc.leave(roomId);
    });

    it('refuses a call in clear, and one that claims another device', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        watch(bob, alice, roomId, 'S2'); // Bob waits for a call, so that only the refusal keeps it out
        const invite = {
            call_id: `${alice.userId}!X!1`,
            party_id: alice.account.deviceId,
            version: '1',
            lifetime: 60_000,
            invitee: bob.userId,
            'com.hush.leg': 'S2',
            offer: { type: 'offer', sdp: 'v=0' },
            sdp_stream_metadata: {},
        };
        const refused = (n: number): Promise<void> =>
            until(
                () =>
                    bob.lines.filter((l) => l.includes('m.call.invite') && l.includes('possible attack')).length === n,
                (check) => onLine(bob, check),
                `${n} refusals`,
            );
        const { accessToken } = await login(synapse.baseUrl, {
            userId: alice.userId,
            password: alice.password,
        });
        const url = `${synapse.baseUrl}/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/m.call.invite/clear1`;
        const answer = await fetch(url, {
            method: 'PUT',
            headers: { Authorization: `Bearer ${accessToken}` },
            body: JSON.stringify(invite),
        });
        assert.equal(answer.status, 200);
        await refused(1);
        await lastClientOf(alice.userId).sendEvent(
            roomId,
            'm.call.invite' as never,
            { ...invite, party_id: 'ANOTHER' } as never,
        );
        await refused(2);
        // The same, true: it is what would have been answered.
        await lastClientOf(alice.userId).sendEvent(roomId, 'm.call.invite' as never, invite as never);
        await until(
            () => pages.openOf(bob).length === 1,
            (check) => pages.onChange(check),
            'the call that may come in',
        );
        bob.account.calls.release('view:S2');
    });

    it('what the homeserver says replaces an event of a call, in clear, replaces nothing', async () => {
        const forging: typeof fetch = async (input, init) => {
            const response = await fetch(input, init);
            if (!new URL(input instanceof Request ? input.url : input).pathname.endsWith('/sync')) return response;
            return Response.json(withReplacements(await response.json()));
        };
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob', { fetch: forging })]);
        const roomId = await pair(alice, bob);
        serve(alice, roomId, 'S3');
        watch(bob, alice, roomId, 'S3');
        await live('S3');
        const events = lastClientOf(bob.userId).getRoom(roomId)?.getLiveTimeline().getEvents() ?? [];
        const forged = events.filter((event) => event.isEncrypted() && event.getContent()['call_id'] === 'forged');
        assert.ok(forged.length > 0, 'the SDK was not fooled: this tests nothing');
        bob.account.calls.release('view:S3');
    });

    it('hangs up every call of a room that is left', async () => {
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        serve(alice, roomId, 'S3');
        watch(bob, alice, roomId, 'S3');
        await live('S3');
        alice.account.calls.roomLeft(roomId);
        await until(
            () => pages.openOf(bob).length === 0,
            (check) => pages.onChange(check),
            'the hang-up',
        );
        bob.account.calls.release('view:S3');
    });

    it('two people who share to each other at the same moment end up in one call, over and over', async function () {
        this.timeout(240_000); // 100 rounds of about a second where other work runs beside them
        const ROUNDS = 100;
        const [alice, bob] = await Promise.all([person('Alice'), person('Bob')]);
        const roomId = await pair(alice, bob);
        const winners = { alice: 0, bob: 0, crossed: 0 };
        const crossings = (): number =>
            [alice, bob].flatMap((p) => p.lines).filter((l) => l.includes('we called each other')).length;
        const began = performance.now();
        for (let round = 1; round <= ROUNDS; round++) {
            const before = crossings();
            const [ofAlice, ofBob] = [`A${round}`, `B${round}`];
            serve(alice, roomId, ofAlice);
            serve(bob, roomId, ofBob);
            // A few ms apart, so that every order of the four events happens.
            await Promise.all([
                delay(Math.random() * 120).then(() => watch(bob, alice, roomId, ofAlice)),
                delay(Math.random() * 120).then(() => watch(alice, bob, roomId, ofBob)),
            ]);
            await live(ofAlice, ofBob);
            const calls = new Set(
                [...pages.live.keys()]
                    .filter((c) => c.endsWith(`/${ofAlice}`) || c.endsWith(`/${ofBob}`))
                    .map((c) => c.slice(0, c.lastIndexOf('/'))),
            );
            assert.equal(calls.size, 1, `round ${round}: one call`);
            if (crossings() > before) {
                winners.crossed++;
                assert.ok(
                    [...calls][0]?.startsWith(`${alice.userId < bob.userId ? alice.userId : bob.userId}!`),
                    `round ${round}: the smaller user ID's call`,
                );
            }
            winners[[...calls][0]?.startsWith(alice.userId) === true ? 'alice' : 'bob']++;
            for (const [p, own, other] of [
                [alice, ofAlice, ofBob],
                [bob, ofBob, ofAlice],
            ] as const) {
                p.account.calls.release(`share:${own}`);
                p.account.calls.release(`view:${other}`);
            }
            await until(
                () => pages.openOf(alice).length + pages.openOf(bob).length === 0,
                (check) => pages.onChange(check),
                'the end of the round',
            );
        }
        console.log(
            `        ${ROUNDS} rounds in ${((performance.now() - began) / 1_000).toFixed(0)} s: ${winners.crossed} crossed; calls of Alice ${winners.alice}, of Bob ${winners.bob}`,
        );
        assert.ok(winners.crossed > 0, 'the race was a race');
    });
});

interface Synced {
    rooms?: { join?: Record<string, { timeline?: { events: Record<string, unknown>[] } }> };
}

/** Beside each encrypted event an edit of it that nobody made. */
function withReplacements(answer: unknown): unknown {
    for (const { timeline } of Object.values((answer as Synced).rooms?.join ?? {}))
        for (const event of timeline?.events.filter(({ type }) => type === 'm.room.encrypted') ?? []) {
            const edit = {
                ...event,
                type: 'm.call.invite',
                event_id: `${String(event['event_id'])}x`,
                content: {
                    'm.new_content': { call_id: 'forged' },
                    'm.relates_to': { rel_type: 'm.replace', event_id: event['event_id'] },
                },
            };
            event['unsigned'] = { ...(event['unsigned'] as object), 'm.relations': { 'm.replace': edit } };
        }
    return answer;
}

function onLine(person: Person, check: () => void): { dispose(): void } {
    const { push } = person.lines;
    person.lines.push = (...lines) => {
        const length = push.apply(person.lines, lines);
        check();
        return length;
    };
    return {
        dispose: () => {
            person.lines.push = push;
        },
    };
}

import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { createCarrier, type OwnCarrier } from '../../../src/livekit/browser/carrier.ts';
import type { HostMessage } from '../../../src/core/share/mediaMessages.ts';
import type { SideMessage } from '../../../src/core/sideChannel/sideMessages.ts';
import { createSideChannel, type SideChannel } from '../../../src/webview/sideChannel/sideChannel.ts';
import { eventually } from '../../stack/eventually.ts';

const ROOM = '!r:hs';
const KEYS: Readonly<Record<string, string>> = Object.fromEntries(
    ['alice', 'bob', 'carol'].map((name, i) => [name, Buffer.alloc(16, i + 1).toString('base64')]),
);
const deviceOf = (name: string) => ({ userId: `@${name}:hs`, deviceId: name.toUpperCase() });

interface Page {
    readonly side: SideChannel;
    readonly heard: string[];
}

/** A page of the session. `knows`: the people whose keys it has. */
function page(name: string, knows: readonly string[], shareId = 'S1'): Page {
    const side = createSideChannel(() => 0);
    const heard: string[] = [];
    side.onMessage(({ name: from }, message) => heard.push(`${from}: ${JSON.stringify(message)}`));
    side.handle({
        type: 'sideChannel.open',
        roomId: ROOM,
        shareId,
        self: deviceOf(name),
        sharer: deviceOf('alice'),
    });
    for (const person of [name, ...knows]) side.handle(keyOf(person));
    return { side, heard };
}

function keyOf(person: string, key = KEYS[person] ?? ''): HostMessage {
    return { type: 'sideChannel.key', ...deviceOf(person), name: person, key };
}

/** Two ends of one connection. `tap` sees each packet, and says what arrives instead. */
function connect(a: Page, b: Page, tap = (packet: Uint8Array<ArrayBuffer>) => [packet]): () => void {
    const ends: OwnCarrier[] = [];
    const to = (end: number) => (packet: Uint8Array<ArrayBuffer>) => {
        for (const arriving of tap(packet)) ends[end]?.received(arriving);
    };
    ends.push(createCarrier(to(1)), createCarrier(to(0)));
    for (const [i, { side }] of [a, b].entries()) {
        const end = ends[i];
        if (end) side.add(end);
    }
    return () => {
        for (const end of ends) end.closed();
    };
}

const pointer = (x: number): SideMessage => ({ type: 'pointer', at: [x, 0] });
const said = (name: string, x: number): string => `${name}: ${JSON.stringify(pointer(x))}`;
const isSaid = (at: Page, text: string) => eventually(async () => at.heard.includes(text), text, 2_000);

describe('the side channel', () => {
    const closes: (() => void)[] = [];
    const link = (...args: Parameters<typeof connect>): void => void closes.push(connect(...args));
    afterEach(() => {
        for (const close of closes.splice(0)) close();
    });

    it('says who sent a message by the key that opened it', async () => {
        const [alice, bob] = [page('alice', ['bob']), page('bob', ['alice'])];
        link(alice, bob);
        bob.side.send(pointer(0.25));
        alice.side.send(pointer(0.75));
        await isSaid(alice, said('bob', 0.25));
        await isSaid(bob, said('alice', 0.75));
        assert.deepEqual(
            bob.side.devices.map(({ name }) => name),
            ['alice'],
        );
    });

    it('passes through the sharer’s page to viewers that have no connection to each other', async () => {
        const [alice, bob, carol] = [
            page('alice', ['bob', 'carol']),
            page('bob', ['alice', 'carol']),
            page('carol', ['alice', 'bob']),
        ];
        link(alice, bob);
        link(alice, carol);
        bob.side.send(pointer(0.5));
        await isSaid(carol, said('bob', 0.5));
        await isSaid(alice, said('bob', 0.5));
        assert.equal(bob.heard.length, 0, 'it comes back to nobody');
        await eventually(async () => carol.side.devices.length === 2, 'carol to hear of both', 2_000);
    });

    it('a device that comes later is heard, and hears who is there', async () => {
        const [alice, bob] = [page('alice', []), page('bob', ['alice'])];
        const joined: string[] = [];
        alice.side.onJoined(({ name }) => joined.push(name));
        link(alice, bob);
        bob.side.send(pointer(0.1));
        await eventually(async () => alice.side.dropped.unknownKey > 0, 'a packet without a known key', 2_000);
        assert.deepEqual(alice.heard, []);
        alice.side.handle(keyOf('bob'));
        await eventually(async () => joined.includes('bob') && bob.side.devices.length === 1, 'both to know', 2_000);
        bob.side.send(pointer(0.2));
        await isSaid(alice, said('bob', 0.2));
        assert.deepEqual(joined, ['bob'], 'once');
    });

    it('drops and counts what was changed, repeated, or is of another share or an unknown device', async () => {
        const [alice, bob] = [page('alice', ['bob']), page('bob', ['alice'])];
        link(alice, bob, (packet) => {
            const changed = new Uint8Array(packet);
            changed[changed.length - 1]! ^= 1;
            return [packet, packet, changed, new Uint8Array([1, 2, 3])];
        });
        bob.side.send(pointer(0.3));
        await isSaid(alice, said('bob', 0.3));
        const { dropped } = alice.side;
        await eventually(
            async () => dropped.repeated > 0 && dropped.forged > 0 && dropped.malformed > 0,
            'all three',
            2_000,
        );
        assert.equal(alice.heard.length, 1);
        const other = page('bob', ['alice'], 'S2');
        link(alice, other);
        const before = dropped.forged;
        other.side.send(pointer(0.9));
        await eventually(async () => dropped.forged > before, 'a packet of another share', 2_000);
        assert.equal(alice.heard.length, 1);
    });

    it('a device that left, or that the policy refuses now, is heard no more; a new key of its own is used', async () => {
        const [alice, bob] = [page('alice', ['bob']), page('bob', ['alice'])];
        const left: string[] = [];
        alice.side.onLeft(({ userId }) => left.push(userId));
        link(alice, bob);
        bob.side.send(pointer(0.1));
        await isSaid(alice, said('bob', 0.1));
        const next = Buffer.alloc(16, 9).toString('base64');
        for (const { side } of [alice, bob]) side.handle(keyOf('bob', next));
        bob.side.send(pointer(0.2));
        await isSaid(alice, said('bob', 0.2));
        alice.side.handle({ type: 'sideChannel.forget', ...deviceOf('bob') });
        const { unknownKey } = alice.side.dropped;
        bob.side.send(pointer(0.3));
        await eventually(async () => alice.side.dropped.unknownKey > unknownKey, 'it to be dropped', 2_000);
        assert.deepEqual(left, ['@bob:hs']);
        assert.deepEqual(alice.side.devices, []);
        assert.equal(alice.heard.length, 2);
    });

    it('nobody speaks with the key of this device', async () => {
        const [alice, mirror] = [page('alice', ['bob']), page('alice', ['bob'])];
        link(alice, mirror);
        mirror.side.send(pointer(0.4));
        await eventually(async () => alice.side.dropped.unknownKey > 0, 'it to be dropped', 2_000);
        assert.deepEqual(alice.heard, []);
    });

    it('without a key or a connection it sends nothing, and does not fail', async () => {
        const side = createSideChannel(() => 0);
        side.send(pointer(0));
        side.handle({ type: 'sideChannel.send', message: pointer(0) });
        side.handle({ type: 'sideChannel.key', ...deviceOf('bob'), name: 'bob', key: 'AAAA'.repeat(5) });
        assert.equal(side.topic, undefined);
        assert.deepEqual(side.devices, []);
    });
});

/** The side channel between real pages: directly, through LiveKit, and while a share moves between the two. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import type { SideMessage } from '../../src/core/sideChannel/sideMessages.ts';
import { meshPages } from './support/meshPages.ts';
import type { HarnessPage } from './support/pageHarness.ts';
import { startPageLiveKit, type PageLiveKit } from './support/pageLiveKit.ts';

const ROOM = '!room:hs';
const MEDIA_KEY = Buffer.alloc(16, 5).toString('base64');
const PEOPLE = ['ann', 'bob', 'carol', 'eve'] as const;
type Name = (typeof PEOPLE)[number];
const deviceOf = (name: Name) => ({ userId: `@${name}:hs`, deviceId: name.toUpperCase() });
const keyOf = (name: Name): string => Buffer.alloc(16, PEOPLE.indexOf(name) + 1).toString('base64');

/** Tells a page its side channel. `knows`: the people whose keys its host has. */
function open(page: HarnessPage, self: Name, knows: readonly Name[], shareId = 'S1'): void {
    const sharer = deviceOf('ann');
    page.send({ type: 'sideChannel.open', roomId: ROOM, shareId, self: deviceOf(self), sharer });
    for (const name of [self, ...knows])
        page.send({ type: 'sideChannel.key', ...deviceOf(name), name, key: keyOf(name) });
}

const following = (name: Name): SideMessage => ({ type: 'following', device: deviceOf(name) });
const say = (page: HarnessPage, message: SideMessage): void => page.send({ type: 'sideChannel.send', message });

/** Resolves when the page has heard `about` from that person. */
async function hears(page: HarnessPage, from: Name, about: Name): Promise<void> {
    await page.said(
        'sideChannel.received',
        (m) =>
            m.from.deviceId === deviceOf(from).deviceId &&
            m.message.type === 'following' &&
            m.message.device?.deviceId === deviceOf(about).deviceId,
    );
}

const knows = (page: HarnessPage, count: number) => page.said('sideChannel.devices', (m) => m.devices.length === count);

describe('the side channel between pages', function () {
    this.timeout(90_000);
    const pages = meshPages();
    let liveKit: PageLiveKit;
    before(async () => {
        liveKit = await startPageLiveKit();
    });
    after(() => liveKit?.stop());

    const watchThroughSfu = async (name: Name): Promise<HarnessPage> => {
        const page = await pages.browser.newPage();
        const view = await pages.open('view', page, name);
        await view.said('ready'); // its side channel is told only to a page that is there
        view.send({ type: 'keys.set', identity: 'ann', index: 0, key: MEDIA_KEY });
        const grant = { url: liveKit.url, token: await liveKit.viewerToken('side', name) };
        view.send({ type: 'view.connect', identity: 'ann', grant });
        return view;
    };
    const publishThroughSfu = async (share: HarnessPage): Promise<void> => {
        share.send({ type: 'keys.set', identity: 'ann', index: 0, key: MEDIA_KEY });
        const grant = { url: liveKit.url, token: await liveKit.publisherToken('side', 'ann') };
        share.send({ type: 'share.publish', identity: 'ann', grant });
        await share.said('share.published', (m) => m.transport === 'livekit');
    };

    it('goes directly, and through the sharer’s page from one viewer to the other', async () => {
        const share = await pages.startShare();
        open(share, 'ann', ['bob', 'carol']);
        const { view: bob } = await pages.startView('bob');
        open(bob, 'bob', ['ann', 'carol']);
        const { view: carol } = await pages.startView('carol');
        open(carol, 'carol', ['ann', 'bob']);
        await Promise.all([knows(share, 2), knows(bob, 2), knows(carol, 2)]);
        say(bob, following('ann'));
        say(share, following('carol'));
        await Promise.all([hears(share, 'bob', 'ann'), hears(carol, 'bob', 'ann')]);
        await Promise.all([hears(bob, 'ann', 'carol'), hears(carol, 'ann', 'carol')]);
    });

    it('goes through LiveKit, and is not heard by who has no key', async () => {
        const share = await pages.startShare();
        open(share, 'ann', ['bob', 'carol']);
        await publishThroughSfu(share);
        const [bob, carol, eve] = [
            await watchThroughSfu('bob'),
            await watchThroughSfu('carol'),
            await watchThroughSfu('eve'),
        ];
        open(bob, 'bob', ['ann', 'carol']);
        open(carol, 'carol', ['ann', 'bob']);
        open(eve, 'eve', []);
        await Promise.all([knows(share, 2), knows(bob, 2), knows(carol, 2)]);
        say(eve, following('ann'));
        say(bob, following('carol'));
        await Promise.all([hears(share, 'bob', 'carol'), hears(carol, 'bob', 'carol')]);
        for (const page of [share, bob, carol, eve])
            for (const message of page.messages)
                if (message.type === 'sideChannel.received') assert.notEqual(message.from.deviceId, 'EVE');
        assert.ok(!eve.messages.some(({ type }) => type === 'sideChannel.received'));
    });

    it('joins viewers on both transports, and goes on while one moves', async () => {
        const share = await pages.startShare();
        open(share, 'ann', ['bob', 'carol']);
        const { view: bob } = await pages.startView('bob');
        open(bob, 'bob', ['ann', 'carol']);
        await publishThroughSfu(share);
        const carol = await watchThroughSfu('carol');
        open(carol, 'carol', ['ann', 'bob']);
        await Promise.all([knows(share, 2), knows(bob, 2), knows(carol, 2)]);
        say(bob, following('carol'));
        await hears(carol, 'bob', 'carol');
        bob.send({ type: 'keys.set', identity: 'ann', index: 0, key: MEDIA_KEY });
        const grant = { url: liveKit.url, token: await liveKit.viewerToken('side', 'bob') };
        bob.send({ type: 'view.connect', identity: 'ann', grant, handover: true });
        await bob.said('view.moved', (m) => m.ok && m.transport === 'livekit');
        say(carol, following('bob'));
        await hears(bob, 'carol', 'bob');
        say(bob, following('ann'));
        await hears(carol, 'bob', 'ann');
        const heard = carol.messages.filter(
            (m) => m.type === 'sideChannel.received' && m.from.deviceId === 'BOB' && m.message.type === 'following',
        );
        assert.equal(heard.length, 2, 'each message once, by whichever way it came');
    });

    it('is not offered to a connection of another client', async () => {
        const share = await pages.startShare();
        open(share, 'ann', ['bob']);
        const { view } = await pages.startView('bob');
        await view.said('view.state', (m) => m.state === 'live');
        const connection = 'call/foreign';
        share.send({ type: 'mesh.open', connection, offer: true, iceServers: [], relayOnly: false });
        const { sdp } = await share.said('mesh.description', (m) => m.connection === connection);
        assert.ok(!sdp.includes('m=application'));
        const own = await share.said('mesh.description', (m) => m.connection !== connection && m.kind === 'offer');
        assert.ok(own.sdp.includes('m=application'));
    });
});

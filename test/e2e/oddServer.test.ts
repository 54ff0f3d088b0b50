/** A homeserver that says odd things: one can sign in, share directly, and is told what cannot be used. */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'mocha';
import { startFaultProxy, type FaultProxy } from '../integration/support/faultProxy.ts';
import { keepPicture, picturesOfFailure, stopAtFirstFailure } from './support/failure.ts';
import { shareScreen, viewShare } from './support/flows.ts';
import { untilLogged } from './support/hostLog.ts';
import { openPair, SHARED, type Pair } from './support/pair.ts';
import { advancingPicture } from './support/picture.ts';
import { sharedWorld } from './support/world.ts';

const REFUSED = ['stun:turn.example.org:3478?transport=udp', 'turn:turn.example.org?transport=none'];

describe('a homeserver with odd answers', function () {
    this.timeout(180_000);
    stopAtFirstFailure();
    let proxy: FaultProxy;
    let pair: Pair;
    before(async () => {
        const { stack } = await sharedWorld();
        proxy = await startFaultProxy(stack.baseUrl);
        proxy.meddle(({ path, method }) => {
            if (path.includes('/auth_metadata')) return { kind: 'refuse', status: 401 };
            if (path.endsWith('/voip/turnServer'))
                return {
                    kind: 'refuse',
                    status: 200,
                    body: { uris: [...REFUSED, null], username: 'u', password: 'p' },
                };
            if (path.endsWith('/versions'))
                return {
                    kind: 'change',
                    with: (body: { versions: unknown[]; unstable_features: object }) => ({
                        ...body,
                        versions: [...body.versions, null],
                        unstable_features: { ...body.unstable_features, 'org.example.odd': null, odder: 'yes' },
                        server: null,
                    }),
                };
            if (path.endsWith('/login') && method === 'GET')
                return {
                    kind: 'change',
                    with: (body: { flows: unknown[] }) => ({ flows: [null, { type: 7 }, ...body.flows] }),
                };
            return undefined;
        });
        const odd = { baseUrl: proxy.url, createAccount: stack.createAccount };
        pair = await openPair('mesh', [odd, stack]);
    });
    afterEach(picturesOfFailure(() => ({ alice: pair?.alice, bob: pair?.bob })));
    after(async () => {
        await pair?.stop();
        await proxy?.stop();
    });

    it('lets people sign in with what they understand of it', () =>
        assert.ok(proxy.seen.some(({ path }) => path.includes('/auth_metadata'))));

    it('serves a direct share without the servers that no browser takes, and the sharer is told', async () => {
        const { alice, bob } = pair;
        await shareScreen(alice.workbench, alice.context, 'webview');
        await advancingPicture(await viewShare(bob.workbench), SHARED.width);
        await alice.workbench.notification(/None of the servers that your homeserver names/u).waitFor();
        await keepPicture(alice, 'no-ice-servers');
        for (const uri of REFUSED) await untilLogged(alice.server, new RegExp(uri.replaceAll(/[.?]/gu, '\\$&'), 'u'));
    });

    it('names them in the diagnostics', async () => {
        const { alice } = pair;
        await alice.workbench.clickNotification(/None of the servers/u, 'Show Diagnostics');
        const text = await alice.workbench.editorText('Hush Diagnostics');
        for (const uri of REFUSED) assert.ok(text.includes(uri), text);
    });
});

import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createLog } from '../../../../src/core/base/log.ts';
import { authorisationService, homeserverServiceUrl, homeserverSfu } from '../../../../src/matrix/rtc/homeserverSfu.ts';
import { createGrants, type Grants } from '../../../../src/matrix/rtc/grants.ts';
import { createHomeserverTokens } from '../../../../src/matrix/rtc/homeserverTokens.ts';
import { isHashed, participantIdentity, wantsSticky } from '../../../../src/matrix/rtc/ownMember.ts';
import { serviceUrlOf, transportOf } from '../../../../src/matrix/rtc/ownTransport.ts';
import { createTransports } from '../../../../src/matrix/rtc/transports.ts';
import { fakeFetch, type Answerer } from '../fakeFetch.ts';

const nothing = (): void => undefined;
const log = createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing });
const HS = 'https://hs.b.org';
const UNSTABLE = `${HS}/_matrix/client/unstable`;
const GET_TOKEN = `POST ${UNSTABLE}/io.element.msc4195/rtc/livekit/get_token`;
const DELEGATE = `POST ${UNSTABLE}/io.element.msc4195/rtc/livekit/delegate_delayed_leave`;
const SFU = 'wss://sfu.b.org/livekit';
const SERVICE = 'https://jwt.b.org';
const OPENID = { access_token: 'o', expires_in: 3_600, matrix_server_name: 'b.org', token_type: 'Bearer' };
const TOKEN = { body: { jwt: 'a.b.c' } };

const grantsOver = (table: Record<string, Answerer>): { grants: Grants; fetch: ReturnType<typeof fakeFetch> } => {
    const fetch = fakeFetch(table);
    const grants = createGrants({
        userId: '@a:b.org',
        deviceId: 'DEV',
        openIdToken: () => Promise.resolve(OPENID),
        own: {
            server: { url: () => Promise.resolve(undefined), token: () => Promise.reject(new Error('none')) },
            ask: () => Promise.reject(new Error('none')),
        },
        homeserver: createHomeserverTokens({ baseUrl: HS, fetch, accessToken: 'placeholder', deviceId: 'DEV' }),
        mayAskLocal: () => false,
        fetch,
        now: () => 0,
        uuid: () => 'view-uuid',
    });
    return { grants, fetch };
};
const url = (serviceUrl?: string, serverName?: string): string =>
    homeserverServiceUrl({ url: SFU, serviceUrl, serverName });

describe('a transport whose tokens the homeserver gives', () => {
    it('is read from what servers and members write, and written so that others read it', () => {
        const room = '!r:b.org';
        const read: [object, string | undefined][] = [
            [{ type: 'livekit', url: SFU }, url()],
            [{ type: 'm.livekit', url: SFU }, url()],
            [{ type: 'livekit', url: SFU, livekit_service_url: SERVICE }, url(SERVICE)],
            [{ type: 'livekit', livekit_service_url: SERVICE }, SERVICE],
            // What cannot be the URL of an SFU leaves the older service.
            [{ type: 'livekit', url: 'http://sfu.b.org', livekit_service_url: SERVICE }, SERVICE],
            [{ type: 'livekit', url: 7, livekit_service_url: SERVICE }, SERVICE],
            [{ type: 'livekit', url: 'ws://sfu.b.org' }, undefined],
            [{ type: 'livekit', url: 'wss://u:p@sfu.b.org' }, undefined],
            [{ type: 'livekit' }, undefined],
            [{ type: 'other', url: SFU }, undefined],
        ];
        for (const [transport, expected] of read)
            assert.equal(serviceUrlOf(transport as never), expected, JSON.stringify(transport));
        for (const serviceUrl of [url(), url(SERVICE), SERVICE])
            assert.equal(serviceUrlOf(transportOf(serviceUrl, room)), serviceUrl);
        assert.deepEqual(transportOf(url(SERVICE), room), {
            type: 'livekit',
            url: SFU,
            livekit_service_url: SERVICE,
            livekit_alias: room,
        });
    });
    it('keeps whose homeserver gives the tokens', () => {
        const theirs = serviceUrlOf({ type: 'livekit', url: SFU, livekit_service_url: SERVICE }, 'other.org');
        assert.deepEqual(homeserverSfu(theirs ?? ''), { url: SFU, serviceUrl: SERVICE, serverName: 'other.org' });
        assert.equal(homeserverSfu('hs+http://x'), undefined);
        assert.equal(homeserverSfu(`hs+${SFU}#server=no+server`), undefined);
        assert.equal(homeserverSfu(SERVICE), undefined);
        assert.deepEqual([url(SERVICE), url(), SERVICE, 'olm+wss://x'].map(authorisationService), [
            SERVICE,
            undefined,
            SERVICE,
            undefined,
        ]);
    });
    it('is found where the homeserver offers it, in either of its answers', async () => {
        const own = async (body: unknown): Promise<string> => {
            const transports = createTransports({
                baseUrl: HS,
                serverName: 'b.org',
                fetch: fakeFetch({
                    [`GET ${UNSTABLE}/org.matrix.msc4143/rtc/transports`]: { body },
                    'GET https://b.org/.well-known/matrix/client': { status: 404 },
                }),
                accessToken: 'placeholder',
                setting: () => '',
                ownServer: () => Promise.resolve(undefined),
                supports: () => Promise.resolve(true),
                log,
                now: () => 0,
            });
            return (await transports.own(undefined)).serviceUrl;
        };
        const both = { type: 'livekit', url: SFU, livekit_service_url: SERVICE };
        assert.equal(await own({ rtc_transports: [null, { type: 'x' }, { type: 'livekit', url: SFU }] }), url());
        assert.equal(await own({ transports: [{ type: 'm.livekit', url: SFU }] }), url());
        assert.equal(await own({ rtc_transports: [both] }), url(SERVICE));
        assert.equal(await own({ rtc_transports: [{ ...both, livekit_service_url: 'http://clear.org' }] }), url());
        assert.equal(await own({ rtc_transports: [{ type: 'livekit', url: 'ws://clear.org' }, both] }), url(SERVICE));
    });
});

describe('tokens from the homeserver', () => {
    it('are asked for with the membership, and come with the URL of the SFU', async () => {
        const { grants, fetch } = grantsOver({ [GET_TOKEN]: TOKEN });
        assert.deepEqual(await grants.publish(url(), '!r', 'member-1'), { url: SFU, token: 'a.b.c' });
        assert.deepEqual(fetch.asked[0]?.body, {
            url: SFU,
            room_id: '!r',
            slot_id: 'm.call#ROOM',
            member: { id: 'member-1', claimed_device_id: 'DEV' },
        });
        assert.equal(fetch.asked[0]?.authorization, 'Bearer placeholder');
    });
    it('of another homeserver are asked for through ours', async () => {
        const { grants, fetch } = grantsOver({ [GET_TOKEN]: TOKEN });
        await grants.view(url(undefined, 'other.org'), '!r', 'v');
        assert.equal(fetch.asked[0]?.body?.['server_name'], 'other.org');
        assert.deepEqual(fetch.asked[0]?.body?.['member'], { id: 'view-uuid', claimed_device_id: 'DEV' });
    });
    it('are asked for by the text of the MSC where the first form is refused', async () => {
        const { grants, fetch } = grantsOver({
            [GET_TOKEN]: ({ body }) => (body?.['member_id'] === undefined ? { status: 400 } : TOKEN),
        });
        assert.equal((await grants.publish(url(), '!r', 'member-1')).token, 'a.b.c');
        assert.equal(fetch.asked[1]?.body?.['member_id'], 'member-1');
    });
    it('come from the older service where the homeserver has no such endpoint', async () => {
        const { grants, fetch } = grantsOver({
            [GET_TOKEN]: { status: 404, body: { errcode: 'M_UNRECOGNIZED' } },
            [`POST ${SERVICE}/get_token`]: { body: { url: SFU, jwt: 'd.e.f' } },
        });
        assert.equal((await grants.view(url(SERVICE), '!r', 'v')).token, 'd.e.f');
        assert.equal((await grants.publish(url(SERVICE), '!r', 'member-1')).token, 'd.e.f');
        const last = fetch.asked.at(-1)?.body?.['member'] as { id: string } | undefined;
        assert.equal(last?.id, 'member-1');
        await assert.rejects(grants.view(url(), '!r', 'v'), { code: 'media.noServer' });
    });
    it('for a membership by a state event come from the older service, which knows its participant', async () => {
        const { grants, fetch } = grantsOver({ [`POST ${SERVICE}/sfu/get`]: { body: { url: SFU, jwt: 'd.e.f' } } });
        await grants.publish(url(SERVICE), '!r');
        assert.equal(fetch.asked[0]?.body?.['device_id'], 'DEV');
        await assert.rejects(grants.publish(url(), '!r'), { code: 'media.noServer' });
    });
    it('are refused in a sentence, and never taken in another form', async () => {
        const answers: Answerer[] = [
            { status: 403, body: { errcode: 'M_FORBIDDEN' } },
            { status: 502, text: '<html>' },
            { body: {} },
            { body: { jwt: 'no token' } },
            { body: { jwt: 7 } },
        ];
        for (const answer of answers)
            await assert.rejects(grantsOver({ [GET_TOKEN]: answer }).grants.publish(url(), '!r', 'm'), {
                name: 'HushError',
            });
        const local = homeserverServiceUrl({ url: 'ws://127.0.0.1:7880', serviceUrl: undefined, serverName: 'x.org' });
        await assert.rejects(grantsOver({ [GET_TOKEN]: TOKEN }).grants.view(local, '!r', 'v'), {
            code: 'media.tokenRefused',
        });
    });
    it('may bring the end of the session with them: it is known which homeserver can', async () => {
        const ask = (answer: Answerer | undefined) => {
            const fetch = fakeFetch(answer === undefined ? {} : { [DELEGATE]: answer });
            return createHomeserverTokens({ baseUrl: HS, fetch, accessToken: 'placeholder', deviceId: 'DEV' });
        };
        assert.equal(await ask({ status: 400, body: { errcode: 'M_BAD_JSON' } }).delegates(), true);
        for (const status of [404, 405, 501, 401, 502]) assert.equal(await ask({ status }).delegates(), false);
        assert.equal(await ask(undefined).delegates(), false);
        const sfu = { url: SFU, serviceUrl: undefined, serverName: undefined };
        await ask({ body: {} }).delegate(sfu, '!r', 'm', 'd');
        await assert.rejects(ask({ status: 403 }).delegate(sfu, '!r', 'm', 'd'), { code: 'server.refused' });
    });
});

describe('as what a device is in a session', () => {
    const ask = { setting: 'auto', supported: true, serviceUrl: SERVICE, others: [] } as const;
    it('is a state event, which all read, unless the others or the transport need more', () => {
        assert.equal(wantsSticky(ask), false);
        assert.equal(wantsSticky({ ...ask, serviceUrl: url(SERVICE) }), false);
        assert.equal(wantsSticky({ ...ask, serviceUrl: url() }), true);
        assert.equal(wantsSticky({ ...ask, others: [{ sticky: true }] }), true);
        assert.equal(wantsSticky({ ...ask, others: [{ sticky: true }, { sticky: false }] }), false);
    });
    it('follows the setting of a tester as far as the server goes', () => {
        assert.equal(wantsSticky({ ...ask, setting: 'sticky' }), true);
        assert.equal(wantsSticky({ ...ask, setting: 'state', serviceUrl: url() }), false);
        assert.equal(wantsSticky({ ...ask, setting: 'sticky', supported: false }), false);
        assert.equal(wantsSticky({ ...ask, setting: 'sticky', serviceUrl: 'olm+wss://mine.org' }), false);
    });
    it('decides the name of its participant', () => {
        const device = { userId: '@alice:example.com', deviceId: 'DEVICE123' };
        assert.equal(participantIdentity(device, 'memberABC', false), '@alice:example.com:DEVICE123');
        assert.match(participantIdentity(device, 'memberABC', true), /^[\w+/]{43}$/u);
        assert.deepEqual(
            [isHashed(true, SERVICE), isHashed(false, url()), isHashed(false, url(SERVICE))],
            [true, true, false],
        );
    });
});

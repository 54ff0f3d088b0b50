import assert from 'node:assert/strict';
import { HushError } from '../../../src/core/base/errors.ts';
import { createLog } from '../../../src/core/base/log.ts';
import type { OAuthClient } from '../../../src/matrix/signIn/oauth.ts';
import { abortable } from '../../../src/matrix/requests/matrixHttp.ts';
import { createTokenKeeper, PLACEHOLDER_TOKEN, type Tokens } from '../../../src/matrix/account/tokenRefresh.ts';
import { fakeFetch, type Answerer } from './fakeFetch.ts';

const quiet = createLog({
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
});
const BASE = 'https://hs.example.org';
const authorised = { headers: { Authorization: `Bearer ${PLACEHOLDER_TOKEN}` } };
const unknown = (soft: boolean): { status: number; body: unknown } => ({
    status: 401,
    body: { errcode: 'M_UNKNOWN_TOKEN', soft_logout: soft },
});

function keeper(
    table: Record<string, Answerer>,
    initial: Partial<Tokens> = {},
    save: (t: Tokens) => Promise<void> = () => Promise.resolve(),
    oauth?: OAuthClient,
) {
    const clock = { now: 1_000_000 };
    const fetch = fakeFetch(table);
    const expired: boolean[] = [];
    const unsaved: (string | undefined)[] = [];
    const made = createTokenKeeper({
        baseUrl: BASE,
        fetch,
        save,
        log: quiet,
        oauth,
        now: () => clock.now,
        onExpired: ({ softLogout }) => expired.push(softLogout),
        onUnsaved: (error) => unsaved.push(error?.code),
        initial: { accessToken: 'a1', refreshToken: 'r1', expiresAt: clock.now + 300_000, ...initial },
    });
    return { made, fetch, clock, expired, unsaved };
}
const refreshTo = (n: number): Answerer => ({
    body: { access_token: `a${n}`, refresh_token: `r${n}`, expires_in_ms: 300_000 },
});
const onlyWith =
    (token: string): Answerer =>
    ({ authorization }) =>
        authorization === `Bearer ${token}` ? { body: { ok: true } } : unknown(true);

describe('the token keeper', () => {
    it('puts the current token in place of the placeholder, and touches no other request', async () => {
        const { made, fetch } = keeper({ [`GET ${BASE}/x`]: {}, 'GET https://other.org/y': {} });
        await made.fetch(`${BASE}/x`, authorised);
        await made.fetch('https://other.org/y', { headers: { Authorization: 'Bearer openid' } });
        assert.deepEqual(
            fetch.asked.map((a) => a.authorization),
            ['Bearer a1', 'Bearer openid'],
        );
    });
    it('renews before expiry, once for all who wait, and stores the pair before using it', async () => {
        const order: string[] = [];
        const saved: Tokens[] = [];
        const { made, clock } = keeper(
            {
                [`POST ${BASE}/_matrix/client/v3/refresh`]: refreshTo(2),
                [`GET ${BASE}/x`]: ({ authorization }) => {
                    order.push(String(authorization));
                    return {};
                },
            },
            {},
            async (tokens) => {
                await new Promise(setImmediate);
                order.push('saved');
                saved.push(tokens);
            },
        );
        clock.now += 280_000;
        await Promise.all([
            made.fetch(`${BASE}/x`, authorised),
            made.fetch(`${BASE}/x`, authorised),
            made.fetch(`${BASE}/x`, authorised),
        ]);
        assert.deepEqual(order, ['saved', 'Bearer a2', 'Bearer a2', 'Bearer a2']);
        assert.equal(saved[0]?.refreshToken, 'r2');
    });
    it('renews on a soft logout and repeats the request; two at a time renew once', async () => {
        const { made, fetch, expired } = keeper(
            { [`POST ${BASE}/_matrix/client/v3/refresh`]: refreshTo(2), [`GET ${BASE}/x`]: onlyWith('a2') },
            { expiresAt: undefined },
        );
        const answers = await Promise.all([made.fetch(`${BASE}/x`, authorised), made.fetch(`${BASE}/x`, authorised)]);
        assert.deepEqual(
            answers.map((a) => a.status),
            [200, 200],
        );
        assert.equal(fetch.asked.filter((a) => a.url.endsWith('/refresh')).length, 1);
        assert.deepEqual(expired, []);
    });
    it('ends after a hard logout, says so once, and sends nothing more', async () => {
        const { made, fetch, expired } = keeper({ [`GET ${BASE}/x`]: unknown(false) });
        assert.equal((await made.fetch(`${BASE}/x`, authorised)).status, 401);
        const asked = fetch.asked.length;
        assert.equal((await made.fetch(`${BASE}/x`, authorised)).status, 401);
        assert.equal(fetch.asked.length, asked);
        assert.deepEqual(expired, [false]);
    });
    describe('with tokens of an OAuth server', () => {
        const oauth: OAuthClient = {
            issuer: 'https://auth.example.org/',
            clientId: 'c',
            tokenEndpoint: 'https://auth.example.org/token',
            revocationEndpoint: 'https://auth.example.org/revoke',
        };
        const TOKEN = `POST ${oauth.tokenEndpoint}`;
        const renewed: Answerer = {
            body: { access_token: 'a2', refresh_token: 'r2', token_type: 'Bearer', expires_in: 300 },
        };
        /** As Synapse answers for an inactive token when another server keeps them. */
        const inactiveBut =
            (token: string): Answerer =>
            ({ authorization }) =>
                authorization === `Bearer ${token}` ? { body: { ok: true } } : unknown(false);
        const made = (table: Record<string, Answerer>, initial: Partial<Tokens> = {}) =>
            keeper(table, initial, () => Promise.resolve(), oauth);

        it('an inactive token is renewed, whatever the homeserver says of the logout', async () => {
            const k = made({ [TOKEN]: renewed, [`GET ${BASE}/x`]: inactiveBut('a2') });
            const answers = await Promise.all([
                k.made.fetch(`${BASE}/x`, authorised),
                k.made.fetch(`${BASE}/x`, authorised),
            ]);
            assert.deepEqual(
                answers.map((a) => a.status),
                [200, 200],
            );
            assert.deepEqual(k.expired, []);
        });
        it('the sign-in has ended when that server says so, and the same device may come back', async () => {
            const k = made({
                [TOKEN]: { status: 400, body: { error: 'invalid_grant' } },
                [`GET ${BASE}/x`]: unknown(false),
            });
            assert.equal((await k.made.fetch(`${BASE}/x`, authorised)).status, 401);
            assert.deepEqual(k.expired, [true]);
        });
        it('an OAuth server that is away ends nothing', async () => {
            const k = made({ [TOKEN]: { status: 503 }, [`GET ${BASE}/x`]: unknown(false) });
            await assert.rejects(k.made.fetch(`${BASE}/x`, authorised), { code: 'server.error' });
            assert.deepEqual(k.expired, []);
        });
        it('a new token that is not known either is not renewed for ever', async () => {
            const k = made({ [TOKEN]: renewed, [`GET ${BASE}/x`]: unknown(false) });
            await k.made.fetch(`${BASE}/x`, authorised);
            await k.made.fetch(`${BASE}/x`, authorised);
            assert.equal(k.fetch.asked.filter(({ url }) => url === oauth.tokenEndpoint).length, 1);
            assert.deepEqual(k.expired, [false]);
        });
    });
    it('ends when the refresh token is refused, and tells a soft logout from a hard one', async () => {
        const { made, expired } = keeper(
            { [`POST ${BASE}/_matrix/client/v3/refresh`]: unknown(true), [`GET ${BASE}/x`]: unknown(true) },
            { expiresAt: undefined },
        );
        assert.equal((await made.fetch(`${BASE}/x`, authorised)).status, 401);
        assert.deepEqual(expired, [true]);
    });
    it('takes a refresh token that is known and too old for a soft logout, and one that is not known for a hard one', async () => {
        // As Synapse answers, which says nothing of soft_logout here.
        for (const [status, errcode, soft] of [
            [403, 'M_FORBIDDEN', true],
            [401, 'M_UNKNOWN_TOKEN', false],
        ] as const) {
            const { made, clock, expired } = keeper({
                [`POST ${BASE}/_matrix/client/v3/refresh`]: { status, body: { errcode } },
            });
            clock.now += 280_000;
            assert.equal((await made.fetch(`${BASE}/x`, authorised)).status, 401);
            assert.deepEqual(expired, [soft]);
        }
    });
    it('goes on with the old token when an early renewal fails, or its pair cannot be stored', async () => {
        const down = keeper({
            [`POST ${BASE}/_matrix/client/v3/refresh`]: { status: 503 },
            [`GET ${BASE}/x`]: onlyWith('a1'),
        });
        down.clock.now += 280_000;
        assert.equal((await down.made.fetch(`${BASE}/x`, authorised)).status, 200);
        const unsaved = keeper(
            { [`POST ${BASE}/_matrix/client/v3/refresh`]: refreshTo(2), [`GET ${BASE}/x`]: onlyWith('a1') },
            {},
            () => Promise.reject(new Error('locked')),
        );
        unsaved.clock.now += 280_000;
        assert.equal((await unsaved.made.fetch(`${BASE}/x`, authorised)).status, 200);
        assert.equal(unsaved.made.current().accessToken, 'a1');
    });
    it('says why a renewed pair is not used, and when one could be stored again', async () => {
        const silent = new HushError('account.windowSilent', 'This window does not answer.');
        const failures: unknown[] = [new Error('locked'), silent];
        const { made, clock, unsaved } = keeper(
            { [`POST ${BASE}/_matrix/client/v3/refresh`]: refreshTo(2), [`GET ${BASE}/x`]: {} },
            {},
            async () => {
                if (failures.length > 0) throw failures.shift();
            },
        );
        clock.now += 280_000;
        for (let n = 0; n < 3; n++) await made.fetch(`${BASE}/x`, authorised);
        assert.deepEqual(unsaved, ['account.storeFailed', 'account.windowSilent', undefined]);
        assert.equal(made.current().accessToken, 'a2');
    });
    it('a request that waits for a renewal ends with its signal', async () => {
        const { made, clock } = keeper(
            { [`POST ${BASE}/_matrix/client/v3/refresh`]: refreshTo(2), [`GET ${BASE}/x`]: {} },
            {},
            () => new Promise(() => undefined),
        );
        clock.now += 280_000;
        const given = new AbortController();
        const request = abortable(made.fetch)(`${BASE}/x`, { ...authorised, signal: given.signal });
        given.abort(new Error('too long'));
        await assert.rejects(request, /too long/u);
        await assert.rejects(abortable(made.fetch)(`${BASE}/x`, { signal: given.signal }), /too long/u);
    });
    it('reports a network failure once the old token has expired', async () => {
        const { made, clock, expired } = keeper({ [`GET ${BASE}/x`]: {} });
        clock.now += 400_000;
        await assert.rejects(made.fetch(`${BASE}/x`, authorised), { code: 'network.offline' });
        assert.deepEqual(expired, []);
    });
});

import assert from 'node:assert/strict';
import { createLog } from '../../../src/extension/log.ts';
import { createTokenKeeper, PLACEHOLDER_TOKEN, type Tokens } from '../../../src/matrix/tokens.ts';
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
) {
    const clock = { now: 1_000_000 };
    const fetch = fakeFetch(table);
    const expired: boolean[] = [];
    const made = createTokenKeeper({
        baseUrl: BASE,
        fetch,
        save,
        log: quiet,
        now: () => clock.now,
        onExpired: ({ softLogout }) => expired.push(softLogout),
        initial: { accessToken: 'a1', refreshToken: 'r1', expiresAt: clock.now + 300_000, ...initial },
    });
    return { made, fetch, clock, expired };
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
    it('ends when the refresh token is refused, and tells a soft logout from a hard one', async () => {
        const { made, expired } = keeper(
            { [`POST ${BASE}/_matrix/client/v3/refresh`]: unknown(true), [`GET ${BASE}/x`]: unknown(true) },
            { expiresAt: undefined },
        );
        assert.equal((await made.fetch(`${BASE}/x`, authorised)).status, 401);
        assert.deepEqual(expired, [true]);
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
    it('reports a network failure once the old token has expired', async () => {
        const { made, clock, expired } = keeper({ [`GET ${BASE}/x`]: {} });
        clock.now += 400_000;
        await assert.rejects(made.fetch(`${BASE}/x`, authorised), { code: 'network.offline' });
        assert.deepEqual(expired, []);
    });
});

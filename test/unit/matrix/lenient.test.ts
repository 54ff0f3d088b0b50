import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import * as v from 'valibot';
import { entriesOf, fieldsOf, optional } from '../../../src/core/base/lenient.ts';
import { readChallenge } from '../../../src/core/account/uia.ts';
import { parseCapabilities } from '../../../src/matrix/requests/serverCapabilities.ts';
import { matrixErrorBody } from '../../../src/matrix/requests/matrixHttp.ts';
import { logInWithPassword, refreshTokens, whoami } from '../../../src/matrix/signIn/login.ts';
import { placeOf } from '../../../src/matrix/files/uploadPlaces.ts';
import { fakeFetch } from './fakeFetch.ts';

/** Names of a prototype. valibot reads none of them. */
const SKIPPED = new Set(['__proto__', 'prototype', 'constructor']);

describe('reading what is understood', () => {
    it('keeps exactly the entries and fields that are understood, in their order', () => {
        const text = v.string();
        fc.assert(
            fc.property(fc.array(fc.oneof(fc.string(), fc.anything())), (list) => {
                assert.deepEqual(
                    v.parse(entriesOf(text), list),
                    list.filter((each) => typeof each === 'string'),
                );
            }),
        );
        fc.assert(
            fc.property(fc.dictionary(fc.string(), fc.oneof(fc.boolean(), fc.anything())), (record) => {
                const read = v.parse(fieldsOf(v.boolean()), record);
                for (const [name, value] of Object.entries(record))
                    assert.equal(Object.hasOwn(read, name), typeof value === 'boolean' && !SKIPPED.has(name));
            }),
        );
        for (const other of [null, 7, 'x', undefined]) {
            assert.equal(v.parse(optional(entriesOf(text)), other), undefined);
            assert.ok(!v.is(entriesOf(text), other));
        }
    });
});

describe('answers of a homeserver with nulls and unknown shapes', () => {
    const BASE = 'https://hs.example.org/_matrix/client/v3';
    const odd = { well_known: null, home_server: 7, extra: [null] };
    it('still sign in, renew and say who is signed in', async () => {
        const user = { user_id: '@a:b.org', device_id: 'DEV', access_token: 't' };
        const session = await logInWithPassword(
            { baseUrl: 'https://hs.example.org', user: 'a', password: 'p', deviceName: 'x' },
            fakeFetch({
                [`GET ${BASE}/login`]: { body: { flows: [{ type: 'm.login.password' }] } },
                [`POST ${BASE}/login`]: { body: { ...user, ...odd, refresh_token: null, expires_in_ms: null } },
            }),
            () => 1_000,
        );
        assert.deepEqual([session.refreshToken, session.expiresAt], [undefined, undefined]);
        const refreshed = await refreshTokens(
            'https://hs.example.org',
            'old',
            fakeFetch({
                [`POST ${BASE}/refresh`]: { body: { access_token: 't2', refresh_token: null, expires_in_ms: '9' } },
            }),
            () => 1_000,
        );
        assert.deepEqual(refreshed, { kind: 'tokens', accessToken: 't2', refreshToken: 'old', expiresAt: undefined });
        const me = await whoami(
            'https://hs.example.org',
            't',
            fakeFetch({ [`GET ${BASE}/account/whoami`]: { body: { user_id: '@a:b.org', device_id: null, ...odd } } }),
        );
        assert.deepEqual(me, { userId: '@a:b.org', deviceId: undefined });
    });
    it('still ask for proofs, name capabilities, errors and places for files', () => {
        const flows = [null, { stages: null }, { stages: ['m.login.password'] }, { stages: [7] }];
        assert.deepEqual(readChallenge({ session: null, flows, completed: null, params: null, error: 7 }), {
            session: undefined,
            flows: [['m.login.password']],
            completed: [],
            params: {},
            problem: undefined,
        });
        assert.equal(readChallenge({ flows: [null] }), undefined);
        const capabilities = parseCapabilities({
            'm.room_versions': { default: '12', available: { 11: 'stable', 12: null, 13: 'unstable' } },
            'm.change_password': null,
        });
        assert.deepEqual(
            [capabilities.defaultRoomVersion, capabilities.roomVersions.map(({ version }) => version)],
            ['12', ['11', '13']],
        );
        const refused = matrixErrorBody({ errcode: 'M_X', error: null, retry_after_ms: 'soon', soft_logout: 1 });
        assert.deepEqual([refused?.errcode, refused?.error, refused?.retry_after_ms], ['M_X', undefined, undefined]);
        const place = placeOf(JSON.stringify({ content_uri: 'mxc://hs/abc', unused_expires_at: 'later' }));
        assert.equal(place.expiresAt, undefined);
    });
});

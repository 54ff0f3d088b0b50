import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import {
    belongsTo,
    isServerName,
    liveKitIdentity,
    liveKitRoom,
    parseGetToken,
    parseSfuGet,
    type ParseResult,
} from '../../../src/livekit/tokens/claims.ts';
import { sha256Base64 } from '../../../src/livekit/tokens/roomTokens.ts';

const openid_token = {
    access_token: 'secret-token',
    expires_in: 3600,
    matrix_server_name: 'example.org',
    token_type: 'Bearer',
};
const sfuGet = { room: '!room:example.org', openid_token, device_id: 'DEVICE' };
const getToken = {
    room_id: '!room:example.org',
    slot_id: 'm.call#ROOM',
    openid_token,
    member: { id: 'member-1', claimed_user_id: '@a:example.org', claimed_device_id: 'DEVICE' },
};

describe('LiveKit token requests', () => {
    it('accepts what Element Call sends to /sfu/get', () => {
        const request = accepted(parseSfuGet(sfuGet));
        assert.deepEqual(request, {
            endpoint: 'sfu/get',
            roomId: '!room:example.org',
            slotId: 'm.call#ROOM',
            deviceId: 'DEVICE',
            openId: { accessToken: 'secret-token', serverName: 'example.org' },
        });
        assert.equal(liveKitIdentity(request, '@a:example.org', sha256Base64), '@a:example.org:DEVICE');
    });

    it('accepts what Element Call sends to /get_token, and hashes the identity as matrix-js-sdk does', () => {
        const request = accepted(parseGetToken(getToken));
        assert.deepEqual(request.member, { id: 'member-1', claimedUserId: '@a:example.org' });
        // printf '["@a:example.org","DEVICE","member-1"]' | openssl dgst -sha256 -binary | base64
        assert.equal(
            liveKitIdentity(request, '@a:example.org', sha256Base64),
            'fH+qSIrU/eFqL32wcnFHbHwZZROZWNctlhscu+1a3Es',
        );
    });

    it('names the same LiveKit room for both endpoints', () => {
        // printf '["!room:example.org","m.call#ROOM"]' | openssl dgst -sha256 -binary | base64
        for (const { roomId, slotId } of [accepted(parseSfuGet(sfuGet)), accepted(parseGetToken(getToken))]) {
            assert.equal(liveKitRoom(roomId, slotId, sha256Base64), 'TK4o8wNCXi5t5936bOvIzE/X3XFc7cgp3jGRDqK0j5E');
        }
    });

    it('refuses a missing, misspelt, mistyped, empty or oversized field, and says which', () => {
        const cases: [unknown, RegExp][] = [
            [{ ...sfuGet, device_id: undefined }, /device_id/],
            [{ ...sfuGet, extra: 1 }, /unknown field/],
            [{ ...sfuGet, openid_token: { ...openid_token, extra: 1 } }, /openid_token has an unknown field/],
            [{ ...sfuGet, room: 'room:example.org' }, /room ID/],
            [{ ...sfuGet, room: '!' }, /room ID/],
            [{ ...sfuGet, room: ['!room'] }, /room must be/],
            [{ ...sfuGet, device_id: '' }, /device_id/],
            [{ ...sfuGet, device_id: 'D'.repeat(256) }, /longer than 255/],
            [{ ...sfuGet, device_id: 'ü'.repeat(128) }, /longer than 255/],
            [{ ...sfuGet, device_id: 'D\nE' }, /not allowed/],
            [{ ...sfuGet, device_id: '\ud800' }, /not allowed/],
            [{ ...sfuGet, openid_token: { ...openid_token, access_token: 'x'.repeat(2049) } }, /longer than 2048/],
            [{ ...sfuGet, openid_token: { ...openid_token, matrix_server_name: 'example.org/evil' } }, /server name/],
            [{ ...sfuGet, openid_token: { ...openid_token, matrix_server_name: 'user@example.org' } }, /server name/],
            [{ ...sfuGet, openid_token: { ...openid_token, token_type: 'Basic' } }, /token_type/],
            [{ ...sfuGet, openid_token: 'secret-token' }, /openid_token must be an object/],
        ];
        for (const [body, reason] of cases) assert.match(refused(parseSfuGet(body)), reason);
        assert.match(
            refused(parseGetToken({ ...getToken, member: { ...getToken.member, extra: 1 } })),
            /member has an unknown field/,
        );
        assert.match(refused(parseGetToken(sfuGet)), /unknown field/);
    });

    it('never throws and never repeats the token or an unknown name, whatever the body', () => {
        const value = fc.oneof(
            fc.jsonValue({ maxDepth: 2 }),
            fc.string(),
            fc.constant('!\ud800\n'),
            fc.constant('secret-token'),
        );
        const body = fc.record(
            {
                room: value,
                room_id: value,
                slot_id: value,
                device_id: value,
                openid_token: fc.oneof(value, fc.record({ access_token: value })),
                member: value,
                leak: value,
            },
            { requiredKeys: [] },
        );
        fc.assert(
            fc.property(fc.oneof(fc.jsonValue(), body), (input) => {
                for (const result of [parseSfuGet(input), parseGetToken(input)]) {
                    if (!result.ok) assert.ok(result.reason.length < 100 && !/secret-token|leak/.test(result.reason));
                }
            }),
        );
    });

    it('is either refused or gives different rooms for different Matrix rooms and slots', () => {
        const text = fc.string({ minLength: 1, maxLength: 20 });
        fc.assert(
            fc.property(text, text, text, text, (a, b, c, d) => {
                const [one, two] = [
                    [`!${a}`, b],
                    [`!${c}`, d],
                ].map(([room_id, slot_id]) => parseGetToken({ ...getToken, room_id, slot_id }));
                if (one?.ok !== true || two?.ok !== true) return;
                const same = a === c && b === d;
                const names = [one, two].map(({ request }) =>
                    liveKitRoom(request.roomId, request.slotId, sha256Base64),
                );
                assert.equal(names[0] === names[1], same);
            }),
        );
    });

    it('takes a user ID to belong to a server only when all after the first colon is its name', () => {
        assert.ok(belongsTo('@a:localhost:8008', 'localhost:8008'));
        for (const userId of [
            '@a:localhost',
            '@a:evil:localhost:8008',
            'a:localhost:8008',
            '@:localhost:8008',
            '@a',
            '',
        ]) {
            assert.ok(!belongsTo(userId, 'localhost:8008'), userId);
        }
    });

    it('knows server names from URLs', () => {
        for (const name of ['example.org', 'localhost:8448', '1.2.3.4:80', '[::1]:8448'])
            assert.ok(isServerName(name), name);
        for (const name of ['', 'a b', 'a/b', 'a?b', 'a@b', 'a:b', 'a:123456', 'http://a'])
            assert.ok(!isServerName(name), name);
    });
});

function accepted(result: ParseResult) {
    assert.ok(result.ok, result.ok ? '' : result.reason);
    return result.request;
}

function refused(result: ParseResult): string {
    assert.ok(!result.ok);
    return result.reason;
}

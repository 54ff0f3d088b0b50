import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import { createLog, describeError, redact } from '../../../src/core/base/log.ts';

const secret = fc.string({
    minLength: 12,
    maxLength: 40,
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789'.split('')),
});

describe('the log', () => {
    for (const [name, wrap] of [
        ['a bearer token', (s: string) => `Authorization: Bearer ${s}`],
        ['a Synapse access token', (s: string) => `using syt_${s} now`],
        ['a refresh token', (s: string) => `{"refresh_token":"${s}"}`],
        ['a password in JSON', (s: string) => `{"type":"m.login.password","password":"${s}"}`],
        ['a token in a URL', (s: string) => `GET https://hs/_matrix?access_token=${s}&x=1`],
        ['a room JWT', (s: string) => `ws://sfu?jwt=1 eyJhbGciOiJIUzI1NiJ9.${s}.${s}`],
        ['a media key', (s: string) => `{"keys":{"index":0,"key":"${s}"}}`],
        ['a password in a URL', (s: string) => `https://me:${s}@auth.example/get_token`],
        ['a megolm session key', (s: string) => `session_key: "${s}"`],
    ] as const) {
        it(`never holds ${name}`, () => {
            fc.assert(fc.property(secret, (s) => assert.ok(!redact(wrap(s)).includes(s), redact(wrap(s)))));
        });
    }

    it('never holds an SDP', () => {
        assert.ok(!redact('offer v=0\r\no=- 1 1 IN IP4 0\r\na=fingerprint:sha-256 AA:BB\r\n').includes('AA:BB'));
    });

    it('keeps what helps: codes and sentences', () => {
        assert.equal(redact('M_FORBIDDEN: You may not join'), 'M_FORBIDDEN: You may not join');
    });

    it('bounds a line, and holds no secret that it is cut in', () => {
        assert.ok(redact('x'.repeat(100_000)).length < 3_000);
        fc.assert(
            fc.property(secret, fc.integer({ min: 1_900, max: 2_000 }), (s, before) =>
                assert.ok(!redact(`${'x '.repeat(before / 2)}{"session_key":"${s}"}`).includes(s.slice(0, 6))),
            ),
        );
    });

    it('tells the code and the cause of an error, never [object Object]', () => {
        const error = new HushError('login.refused', 'No.', { cause: { some: 'object' } });
        const text = describeError(error);
        assert.match(text, /login\.refused/u);
        assert.ok(!text.includes('at '));
        const lines: string[] = [];
        const sink = {
            debug: (t: string) => lines.push(t),
            info: (t: string) => lines.push(t),
            warn: (t: string) => lines.push(t),
            error: (t: string) => lines.push(t),
        };
        createLog(sink).warn('it failed', new Error('Bearer abcdefghijkl'));
        assert.ok(!lines.join().includes('abcdefghijkl'));
    });
});

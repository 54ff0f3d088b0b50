import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { KNOWN_ERRCODES } from '../../../src/matrix/requests/errcodes.ts';
import { refusal } from '../../../src/matrix/requests/matrixHttp.ts';
import { COMMON, OF_APPLICATION_SERVICES, OF_ENDPOINTS, OTHER } from './specifiedErrcodes.ts';

/** `M_LIMIT_EXCEEDED` is a pause with a length, and `M_UNKNOWN` goes by the status: both are tested below. */
const SPECIFIED = [...COMMON, ...OTHER, ...OF_ENDPOINTS].filter(
    (code) => code !== 'M_LIMIT_EXCEEDED' && code !== 'M_UNKNOWN',
);

const asked = (errcode: string | undefined, status = 400, text?: string): string =>
    refusal({ status, errcode, text, retryAfterMs: undefined }, 'Inviting @a:b').message;

describe('what the server’s error codes say to a person', () => {
    for (const errcode of SPECIFIED)
        it(`${errcode} has a sentence that does not name it`, () => {
            const sentence = asked(errcode);
            assert.match(sentence, /^Inviting @a:b did not work: [a-z].*[.=]$/u);
            assert.doesNotMatch(sentence, /M_[A-Z]/u);
        });

    it('no sentence is for a code that the specification does not have', () => {
        assert.deepEqual(
            KNOWN_ERRCODES.filter((code) => !SPECIFIED.includes(code)),
            [],
        );
        assert.equal(new Set(SPECIFIED.map((code) => asked(code))).size, SPECIFIED.length, 'two codes, one sentence');
    });

    it('one that only application services can meet is shown as the server says it', () => {
        for (const code of OF_APPLICATION_SERVICES)
            assert.match(asked(code), new RegExp(`refused by the server: ${code}`, 'u'));
    });

    it('a pause is told with its length', () => {
        const error = refusal({ status: 429, errcode: 'M_LIMIT_EXCEEDED', text: 'x', retryAfterMs: 3_000 }, 'Inviting');
        assert.match(error.message, /Try again in 3 seconds/u);
        assert.equal(error.retryAfterMs, 3_000);
    });

    it('an unknown error goes by its status', () => {
        assert.equal(asked('M_UNKNOWN', 404), asked('M_NOT_FOUND', 404));
        assert.equal(asked(undefined, 413), asked('M_TOO_LARGE', 413));
        assert.match(asked('M_UNKNOWN', 400), /refused by the server: M_UNKNOWN, status 400/u);
        assert.match(asked('M_UNKNOWN', 502), /the server has a problem \(status 502\)/u);
    });

    it('the server’s own words come along on one line, cut, and cannot turn the sentence around', () => {
        assert.equal(
            asked('M_FORBIDDEN', 403, 'No\n\u202Eyou may not'),
            'Inviting @a:b did not work: you are not allowed to do that here. (The server says: No [U+202E]you may not)',
        );
        fc.assert(
            fc.property(fc.constantFrom(...SPECIFIED), fc.string({ unit: 'binary' }), (errcode, text) => {
                const message = asked(errcode, 400, text);
                assert.doesNotMatch(message, /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u);
                assert.ok(message.length < 450);
            }),
        );
    });
});

import fc from 'fast-check';
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { addCandidates, BATCH_MS, BATCH_SIZE, emptyBatch } from '../../../../src/matrix/calls/candidateBatch.ts';
import {
    buildCallEvent,
    CALL_TYPES,
    parseCallEvent,
    type CallEvent,
    type IceCandidate,
} from '../../../../src/matrix/calls/callEvents.ts';
import { timeLeft } from '../../../../src/matrix/calls/expiry.ts';

const candidate = (i: number): IceCandidate => ({
    candidate: `candidate:${i}`,
    sdpMid: '0',
    sdpMLineIndex: 0,
    usernameFragment: null,
});
const END: IceCandidate = { candidate: '', sdpMid: null, sdpMLineIndex: null, usernameFragment: null };
const base = { callId: '@a:hs!D!1', leg: 'S1' };
const streams = { s: 'm.screenshare', v: 'm.usermedia' };
const events: readonly CallEvent[] = [
    { ...base, kind: 'invite', lifetime: 60_000, invitee: '@b:hs', device: 'E', sdp: 'v=0 x', streams },
    { ...base, kind: 'answer', sdp: 'v=0 y', streams: {} },
    { ...base, kind: 'candidates', candidates: [candidate(1), END] },
    { ...base, leg: undefined, kind: 'selectAnswer', party: 'E' },
    { ...base, leg: undefined, kind: 'reject', reason: 'user_busy' },
    { ...base, leg: undefined, kind: 'hangup', reason: 'replaced' },
    { ...base, kind: 'negotiate', description: 'offer', sdp: 'v=0 z', streams },
    { ...base, kind: 'streams', streams: {}, ended: true },
];

describe('call events', () => {
    for (const event of events) {
        it(`${event.kind} comes out as it went in`, () => {
            const { type, content } = buildCallEvent(event, 'D');
            assert.deepEqual(parseCallEvent(type, JSON.parse(JSON.stringify(content))), {
                ok: true,
                value: { event, party: 'D' },
            });
        });
    }

    it('an invite is what the specification wants', () => {
        assert.deepEqual(buildCallEvent(events[0]!, 'D'), {
            type: 'm.call.invite',
            content: {
                call_id: '@a:hs!D!1',
                party_id: 'D',
                version: '1',
                lifetime: 60_000,
                invitee: '@b:hs',
                'com.hush.leg': 'S1',
                'com.hush.device': 'E',
                offer: { type: 'offer', sdp: 'v=0 x' },
                capabilities: { 'm.call.transferee': false, 'm.call.dtmf': false },
                sdp_stream_metadata: {
                    s: { purpose: 'm.screenshare', audio_muted: false, video_muted: false },
                    v: { purpose: 'm.usermedia', audio_muted: false, video_muted: false },
                },
            },
        });
    });

    const invite = buildCallEvent(events[0]!, 'D').content;
    for (const [what, patch] of [
        ['a lifetime of nothing', { lifetime: 0 }],
        ['a lifetime of a year', { lifetime: 365 * 24 * 3_600_000 }],
        ['an unknown version', { version: '2' }],
        ['version 0, which has no parties', { version: 0 }],
        ['an SDP that is none', { offer: { type: 'offer', sdp: '<html>' } }],
        ['an offer that is an answer', { offer: { type: 'answer', sdp: 'v=0' } }],
        ['no call ID', { call_id: '' }],
        ['a leg that is a path', { 'com.hush.leg': '../x' }],
    ] as const) {
        it(`refuses an invite with ${what}, with a reason`, () => {
            const result = parseCallEvent('m.call.invite', { ...invite, ...patch });
            assert.equal(result.ok, false);
            assert.ok(!result.ok && result.reason.length > 0 && !result.reason.includes('<html>'));
        });
    }

    it('refuses a thousand candidates in one event', () => {
        const { content } = buildCallEvent(
            { ...base, kind: 'candidates', candidates: Array.from({ length: 1_000 }, (_, i) => candidate(i)) },
            'D',
        );
        assert.equal(parseCallEvent('m.call.candidates', content).ok, false);
    });

    it('survives anything at all', () => {
        fc.assert(
            fc.property(fc.constantFrom(...CALL_TYPES), fc.anything(), (type, content) => {
                const result = parseCallEvent(type, content);
                assert.ok(result.ok || result.reason.length > 0);
            }),
        );
    });
});

describe('candidates on their way out', () => {
    it('wait 200 ms from the first, and no longer', () => {
        const first = addCandidates(emptyBatch, [candidate(1)], 1_000);
        assert.deepEqual([first.send, first.batch.dueAt], [[], 1_000 + BATCH_MS]);
        assert.equal(addCandidates(first.batch, [candidate(2)], 1_150).batch.dueAt, 1_000 + BATCH_MS);
    });

    it('go at once when there are ten, or no more to come', () => {
        fc.assert(
            fc.property(fc.array(fc.nat({ max: 7 }), { maxLength: 20 }), (sizes) => {
                let batch = emptyBatch;
                const all: IceCandidate[] = [];
                const sent: IceCandidate[] = [];
                const add = (list: readonly IceCandidate[]): void => {
                    all.push(...list);
                    const step = addCandidates(batch, list, 0);
                    batch = step.batch;
                    assert.ok(batch.waiting.length < BATCH_SIZE);
                    for (const group of step.send) {
                        assert.ok(group.length > 0 && group.length <= BATCH_SIZE);
                        sent.push(...group);
                    }
                };
                for (const size of sizes) add(Array.from({ length: size }, (_, i) => candidate(i)));
                add([END]);
                assert.deepEqual(sent, all, 'all of them, in order');
                assert.equal(batch.dueAt, undefined);
            }),
        );
    });
});

describe('the age of an invite', () => {
    it('counts from the homeserver’s taking it, whatever our clock says', () => {
        assert.equal(timeLeft(60_000, 1_000), 59_000);
        assert.equal(timeLeft(60_000, 57_000), undefined, 'too late to answer');
        assert.equal(timeLeft(60_000, 3_600_000), undefined);
        assert.equal(timeLeft(60_000, -5_000), 60_000, 'a server whose clock is ahead');
        assert.equal(timeLeft(2_000, 0), undefined);
    });
});

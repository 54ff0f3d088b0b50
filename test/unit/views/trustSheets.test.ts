import assert from 'node:assert/strict';
import * as v from 'valibot';
import { describe, it } from 'mocha';
import type { ShareAudience } from '../../../src/core/trust/shareTrust.ts';
import type { CancelReason, VerificationState } from '../../../src/core/trust/trustPort.ts';
import { audienceSheet, emptyAudienceSheet, sheetText } from '../../../src/extension/trust/audienceSheet.ts';
import { recoverySheet } from '../../../src/extension/trust/recoverySheet.ts';
import { overSentence, verificationSheet } from '../../../src/extension/trust/verificationSheet.ts';
import { sheet } from '../../../src/core/page/sheet.ts';

const context = {
    roomName: 'Pairing',
    sharerName: '',
    selfUserId: '@me:x',
    selfDeviceId: 'ME',
    time: (ts: number) => `t${ts}`,
};
const bob = { userId: '@bob:x', deviceId: 'B1', name: 'Bob', deviceName: 'Hush on laptop' };
const audience: ShareAudience = {
    roomId: '!r:x',
    policy: 'crossSigned',
    keyIndex: 3,
    rotatedTs: 7,
    rotations: [{ index: 3, ts: 7, why: '@eve:x E left' }],
    holders: [{ ...bob, trust: 'crossSigned', way: 'key', since: 5 }],
    pending: [{ ...bob, deviceId: 'B2', trust: 'crossSigned', problem: 'the key is on its way' }],
    withheld: [
        { ...bob, userId: '@carol:x', name: 'Carol', deviceId: 'C', trust: 'verified', reason: 'identityChanged' },
    ],
};

describe('who can see this, as a sheet', () => {
    it('names each device with owner, trust, since when, generation and last rotation, and can be copied', () => {
        const text = sheetText(audienceSheet(audience, context));
        for (const part of [
            'generation 3, last rotation t7',
            'Bob · Hush on laptop · @bob:x · B1 · has the key since t5 · cross-signed',
            'Bob · Hush on laptop · @bob:x · B2 · the key is on its way',
            'Carol',
            'identity changed',
            't7: @eve:x E left',
        ])
            assert.ok(text.includes(part), `${part}\n${text}`);
        v.parse(sheet, audienceSheet(audience, context));
        v.parse(sheet, emptyAudienceSheet(context, true));
    });
    it('offers to acknowledge a changed identity, to the sharer', () => {
        const buttons = audienceSheet(audience, context).blocks.flatMap((b) =>
            b.kind === 'list' ? b.rows.flatMap((r) => r.buttons.map((x) => x.id)) : [],
        );
        assert.deepEqual(buttons, ['acknowledge @carol:x', 'verify @carol:x']);
    });
    it('says who told, when it is somebody else’s share', () => {
        const told = { ...audience, withheld: [], toldBy: { userId: '@al:x', deviceId: 'A', ts: 9 } };
        assert.match(sheetText(audienceSheet(told, { ...context, sharerName: 'Al' })), /Told by: Al, device A, t9/u);
    });
});

describe('a verification, as a sheet', () => {
    const base = { name: 'Bob', userId: '@bob:x', deviceId: undefined, self: false, startedHere: true };
    it('names every emoji beside it, and asks nothing but whether they match', () => {
        const state: VerificationState = { kind: 'comparing', emoji: [{ symbol: '🐷', name: 'Pig' }] };
        const shown = verificationSheet({ ...base, state });
        assert.deepEqual(shown.blocks, [{ kind: 'emoji', items: [{ symbol: '🐷', name: 'Pig' }] }]);
        assert.deepEqual(
            shown.buttons.map((b) => b.id),
            ['match', 'mismatch'],
        );
        assert.match(shown.status, /Pig/u);
    });
    it('says for each way it can end what it was; only what may be an attack is shown as bad', () => {
        const reasons: readonly CancelReason[] = [
            'byUs',
            'byThem',
            'declined',
            'timeout',
            'mismatch',
            'keyMismatch',
            'elsewhere',
            'unknownMethod',
            'failed',
        ];
        const leads = reasons.map((reason) => verificationSheet({ ...base, state: { kind: 'cancelled', reason } }));
        assert.equal(new Set(leads.map((s) => s.lead)).size, reasons.length);
        assert.deepEqual(
            reasons.filter((_, i) => leads[i]?.tone === 'bad'),
            ['mismatch', 'keyMismatch'],
        );
    });
    it('says that a request is over, and why, to who answers it late', () => {
        const over = (state: VerificationState) => overSentence({ ...base, state });
        assert.match(over({ kind: 'cancelled', reason: 'timeout' }) ?? '', /over.*no answer/u);
        assert.match(over({ kind: 'cancelled', reason: 'elsewhere' }) ?? '', /another of your devices/u);
        assert.match(over({ kind: 'done' }) ?? '', /already/u);
        assert.equal(over({ kind: 'asked' }), undefined);
        assert.equal(over({ kind: 'waiting' }), undefined);
    });
    it('a key of a recovery that broke off is shown with what is missing', () => {
        const shown = v.parse(sheet, recoverySheet('EsTx', false, 'The homeserver cannot be reached.'));
        assert.equal(shown.tone, 'warn');
        assert.match(JSON.stringify(shown.blocks), /not finished: The homeserver cannot be reached.*EsTx/u);
    });
    it('every step fits the page’s schema and has a button', () => {
        for (const self of [true, false])
            for (const kind of ['asked', 'waiting', 'confirming', 'done'] as const) {
                const shown = v.parse(sheet, verificationSheet({ ...base, self, state: { kind } }));
                assert.ok(shown.buttons.length > 0);
            }
        assert.match(JSON.stringify(v.parse(sheet, recoverySheet('EsTx', true))), /EsTx/u);
    });
});

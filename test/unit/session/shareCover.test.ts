import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { CONFIRM_MS, coverOf, UNSHIELD_MS } from '../../../src/core/session/shareCover.ts';
import type { Effect, SessionEvent } from '../../../src/core/session/state.ts';
import { BOB, liveShare, liveView, member, READY, requestShare, ROOM, Run, STARTED, types } from './fixtures.ts';

const covers = (effects: readonly Effect[]) =>
    effects.flatMap((e) => (e.type === 'send' && e.message.type === 'share.cover' ? [e.message] : []));
const waits = (effects: readonly Effect[]) => effects.flatMap((e) => (e.type === 'wait' ? [e] : []));
const see = (...files: string[]): SessionEvent => ({ type: 'secretsSeen', files });
const pause = (paused: boolean): SessionEvent => ({ type: 'pauseRequested', paused });
const waited = (effect: Extract<Effect, { type: 'wait' }> | undefined): SessionEvent => ({
    type: 'waited',
    pageId: effect?.pageId ?? '',
    wait: effect?.wait ?? -1,
});

describe('a share that is hidden', () => {
    it('is covered while a file with secrets is visible, and a moment longer', () => {
        const run = liveShare();
        assert.deepEqual(covers(run.do(see('.env'))), [
            { type: 'share.cover', cover: 'shielded', file: '.env', order: 1 },
        ]);
        run.page('S1', 1, { type: 'share.covered', order: 1 });
        const gone = run.do(see());
        assert.deepEqual(covers(gone), []);
        const [settle] = waits(gone);
        assert.equal(settle?.ms, UNSHIELD_MS);
        assert.deepEqual(
            covers(run.do(waited(settle))).map(({ cover, order }) => [cover, order]),
            [[null, 2]],
        );
    });

    it('stays covered when the next secret comes within that moment', () => {
        const run = liveShare();
        run.do(see('.env'));
        run.page('S1', 1, { type: 'share.covered', order: 1 });
        const [settle] = waits(run.do(see()));
        assert.deepEqual(
            covers(run.do(see('b.pem'))).map(({ cover, file }) => [cover, file]),
            [['shielded', 'b.pem']],
        );
        assert.deepEqual(covers(run.do(waited(settle))), []);
        assert.equal(run.state.share?.shielded?.file, 'b.pem');
    });

    it('begins covered: the order comes before the capture', () => {
        const run = new Run();
        run.do(see('.env'), requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        assert.deepEqual(types(run.page('S1', 1, READY)), [
            'send share.cover',
            'send share.capture',
            'preparePublish',
            'openSideChannel',
        ]);
    });

    it('begins covered in the browser too, where its page moves to', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 }, pause(true));
        run.page('S1', 1, { ...READY, displayCapture: false });
        assert.deepEqual(types(run.page('S1', 2, READY)).slice(0, 2), ['send share.cover', 'send share.capture']);
    });

    it('that was paused stays so until the person resumes it', () => {
        const run = liveShare();
        run.do(pause(true), see('.env'));
        const [settle] = waits(run.do(see()));
        run.do(waited(settle));
        assert.equal(run.state.share?.cover.cover, 'paused');
        run.do(pause(false));
        assert.equal(run.state.share?.cover.cover, null);
    });

    it('is paused and resumed by the buttons of its page', () => {
        const run = liveShare();
        run.page('S1', 1, { type: 'action', name: 'pauseShare' });
        assert.equal(run.state.share?.cover.cover, 'paused');
        run.page('S1', 1, { type: 'action', name: 'resumeShare' });
        assert.equal(run.state.share?.cover.cover, null);
    });

    it('ends if the page does not confirm in time, and the person is told', () => {
        const run = liveShare();
        const [confirm] = waits(run.do(pause(true)));
        assert.equal(confirm?.ms, CONFIRM_MS);
        const effects = run.do(waited(confirm));
        assert.equal(run.state.share, undefined);
        assert.ok(effects.some((e) => e.type === 'notify' && e.notice.kind === 'shareFailed'));
    });

    it('takes no old confirmation for a new order', () => {
        const run = liveShare();
        run.do(pause(true), pause(false));
        const [confirm] = waits(run.do(pause(true)));
        run.page('S1', 1, { type: 'share.covered', order: 1 });
        run.do(waited(confirm));
        assert.equal(run.state.share, undefined);
    });

    it('asks for no confirmation before something is captured', () => {
        const run = new Run();
        run.do(requestShare(), { type: 'grantReady', pageId: 'S1', generation: 1 });
        run.page('S1', 1, READY);
        assert.deepEqual(waits(run.do(pause(true))), []);
        run.page('S1', 1, STARTED);
        assert.equal(run.state.share?.phase, 'publishing');
    });

    it('is covered whenever it is paused or a secret is visible, and the page was told so, in any order of events', () => {
        const act = fc.oneof(
            fc.boolean().map(pause),
            fc.subarray(['.env', 'b.pem']).map((files) => see(...files)),
            fc.constant('confirm' as const),
            fc.constant('settle' as const),
        );
        fc.assert(
            fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
                const run = liveShare();
                for (const next of acts) {
                    if (next === 'confirm') {
                        const order = run.state.share?.cover.order ?? 0;
                        run.page('S1', 1, { type: 'share.covered', order });
                    } else if (next === 'settle') {
                        const wait = run.state.share?.unshielding;
                        if (wait !== undefined) run.do({ type: 'waited', pageId: 'S1', wait });
                    } else run.do(next);
                    const { share, secrets } = run.state;
                    assert.ok(share);
                    assert.equal(share.cover.cover, coverOf(share));
                    assert.ok(secrets.length === 0 || share.cover.cover !== null);
                    const told = covers(run.effects).at(-1);
                    assert.equal(told?.cover ?? null, share.cover.cover);
                }
            }),
        );
    });
});

describe('the viewers of a hidden share', () => {
    const watch = (watching: boolean): SessionEvent => ({
        type: 'watch',
        roomId: ROOM,
        shareId: 'S1',
        ...BOB,
        watching,
    });
    const news = (effects: readonly Effect[]) => effects.flatMap((e) => (e.type === 'sendCover' ? [e] : []));

    it('are told when it is hidden and shown, and who comes meanwhile', () => {
        const run = liveShare();
        run.do({ type: 'rtcChanged', roomId: ROOM, members: [member(BOB)] }, watch(true));
        assert.deepEqual(
            news(run.do(pause(true))).map(({ cover, to }) => [cover, to]),
            [['paused', [BOB]]],
        );
        run.do(watch(false));
        assert.deepEqual(
            news(run.do(watch(true))).map(({ cover, to }) => [cover, to]),
            [['paused', [BOB]]],
        );
        assert.deepEqual(
            news(run.do(pause(false))).map(({ cover }) => cover),
            [null],
        );
        run.do(watch(false));
        assert.deepEqual(news(run.do(watch(true))), []);
    });

    it('show it, also in a tab that is built again, and forget an older message', () => {
        const run = liveView();
        const told = { type: 'cover', roomId: ROOM, shareId: 'S9', ...BOB } as const;
        const shown = (effects: readonly Effect[]) =>
            effects.flatMap((e) => (e.type === 'send' && e.message.type === 'view.cover' ? [e.message.cover] : []));
        assert.deepEqual(shown(run.do({ ...told, cover: 'shielded', order: 3 })), ['shielded']);
        assert.deepEqual(shown(run.do({ ...told, cover: null, order: 2 })), []);
        assert.deepEqual(shown(run.page('V1', 1, READY)), ['shielded']);
        assert.deepEqual(shown(run.do({ ...told, cover: null, order: 4 })), [null]);
        assert.deepEqual(shown(run.do({ ...told, shareId: 'other', cover: 'paused', order: 9 })), []);
        run.do({ type: 'rtcChanged', roomId: ROOM, members: [] });
        assert.equal(run.state.covers.size, 0);
    });
});

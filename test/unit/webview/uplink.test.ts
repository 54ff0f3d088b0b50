import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createUplinkWatch, type UplinkSample } from '../../../src/webview/mesh/uplink.ts';

const sender = (limitation: string, framesPerSecond = 4) => ({ limitation, framesPerSecond });
const sample = (...senders: UplinkSample['senders'][number][]): UplinkSample => ({
    senders,
    wantedFrameRate: 30,
    prefersFrames: false,
});
/** What the watch says after each of these seconds. */
function after(samples: readonly UplinkSample[]): boolean[] {
    const watch = createUplinkWatch();
    return samples.map((s) => watch(s));
}
const many = (s: UplinkSample): UplinkSample[] => Array.from({ length: 30 }, () => s);
const slow = sample(sender('bandwidth'), sender('bandwidth'));

describe('an upload that carries several viewers', () => {
    it('suffers when all of them have been limited for a while', () => {
        const said = after(many(slow));
        assert.equal(said.indexOf(true), 12, 'the first second tells how many there are');
        assert.ok(said.at(-1));
    });

    it('does not for one viewer, who would cost as much at a media server', () =>
        assert.ok(!after(many(sample(sender('bandwidth')))).includes(true)));

    it('does not when only some are limited: that is their line', () =>
        assert.ok(!after(many(sample(sender('bandwidth'), sender('none', 30)))).includes(true)));

    it('does not while nobody could see it', () =>
        assert.ok(!after(many(sample(sender('cpu', 15), sender('cpu', 15)))).includes(true)));

    it('sees it in the size where frames are kept', () => {
        const motion = { ...sample(sender('cpu', 30), sender('cpu', 30)), prefersFrames: true };
        assert.ok(after(many(motion)).includes(true));
    });

    it('measures anew when a viewer comes or it was well in between', () => {
        const well = sample(sender('none', 30), sender('none', 30));
        assert.ok(!after([...many(slow).slice(0, 10), well, ...many(slow).slice(0, 10)]).includes(true));
        const three = sample(sender('cpu'), sender('cpu'), sender('cpu'));
        assert.ok(!after([...many(slow).slice(0, 10), ...many(three).slice(0, 10)]).includes(true));
    });
});

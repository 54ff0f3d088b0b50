import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseOptions, UsageError } from '../../demo/options.ts';

const PASSWORDS = { HUSH_DEMO_SHARER_PASSWORD: 'a', HUSH_DEMO_VIEWER_PASSWORD: 'b' };
const REMOTE = ['--homeserver=http://127.0.0.1:1', '--room=!r:hs', '--sharer=alice', '--viewer=bob'];

describe('the demo’s command line', () => {
    it('alone brings its own servers', () => {
        const options = parseOptions([], {});
        assert.equal(options.remote, undefined);
        assert.equal(options.capture, 'webview');
    });

    it('takes servers that exist, with passwords from the environment only', () => {
        const { remote } = parseOptions(REMOTE, PASSWORDS);
        assert.deepEqual(remote?.sharer, { user: 'alice', password: 'a' });
        assert.deepEqual(remote?.viewer, { user: 'bob', password: 'b' });
        assert.equal(remote?.roomId, '!r:hs');
    });

    it('one side alone needs only that side’s account', () => {
        const options = parseOptions([...REMOTE.slice(0, 2), '--viewer=bob', '--only=viewer'], PASSWORDS);
        assert.equal(options.remote?.sharer, undefined);
        assert.equal(options.remote?.viewer?.user, 'bob');
    });

    it('settings are JSON where they can be, else text', () => {
        const { settings } = parseOptions(
            ['--setting=hush.share.maxFrameRate=15', '--setting=hush.homeserver=a=b'],
            {},
        );
        assert.deepEqual(settings, { 'hush.share.maxFrameRate': 15, 'hush.homeserver': 'a=b' });
    });

    for (const args of [
        ['--capture=camera'],
        ['--only=both', ...REMOTE],
        ['--only=sharer'],
        ['--hold=soon'],
        ['--transport=pigeon'],
        ['--setting=x'],
        ['--nonsense'],
        REMOTE.slice(0, 1),
        REMOTE.slice(0, 3),
    ]) {
        it(`refuses ${args.join(' ')} with a sentence`, () => {
            assert.throws(() => parseOptions(args, PASSWORDS), UsageError);
        });
    }

    it('a missing password names the variable to set', () => {
        assert.throws(() => parseOptions(REMOTE, {}), /HUSH_DEMO_SHARER_PASSWORD/u);
    });
});

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { demoTransport, wantsSfu } from '../../demo/mediaServer.ts';
import { ensureLiveKit } from '../../stack/install/liveKit.ts';
import { silentProgress } from '../../stack/progress.ts';

describe('the demo without a LiveKit', () => {
    const env = { PATH: process.env['PATH'], HUSH_CACHE: process.env['HUSH_CACHE'] };
    let empty: string;
    beforeEach(async () => {
        empty = await mkdtemp(join(tmpdir(), 'hush-empty-'));
        Object.assign(process.env, { PATH: empty, HUSH_CACHE: join(empty, 'cache') });
    });
    afterEach(async () => {
        for (const [name, value] of Object.entries(env)) {
            if (value === undefined) delete process.env[name];
            else process.env[name] = value;
        }
        await rm(empty, { recursive: true });
    });
    const ensure = () => ensureLiveKit(silentProgress);

    it('shares directly where neither the PATH nor the cache has one, and says why in one sentence', async () => {
        const said: string[] = [];
        const sfu = await wantsSfu({ transport: undefined }, ensure, (text) => said.push(text));
        assert.equal(demoTransport({ transport: undefined, remote: undefined }, sfu), 'mesh');
        assert.deepEqual(said, [
            'no LiveKit, so the screen is shared directly (--transport=mesh): LiveKit needs livekit-server 1.x or Go 1.24+ on the PATH, or Python 3.10 to get Go: install one of them and run this again.',
        ]);
    });

    it('does as it was told, and looks for none', async () => {
        const never = () => Promise.reject(new Error('looked'));
        const say = (text: string) => assert.fail(text);
        assert.equal(await wantsSfu({ transport: 'mesh' }, never, say), false);
        assert.equal(await wantsSfu({ transport: 'livekit' }, never, say), true);
    });

    it('goes through a LiveKit that is there, though Hush by itself would share directly', () =>
        assert.equal(demoTransport({ transport: undefined, remote: undefined }, true), 'livekit'));
});

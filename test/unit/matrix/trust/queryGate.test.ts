import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createQueryGate } from '../../../../src/matrix/trust/queryGate.ts';

const url = (path: string): string => `https://hs.example/_matrix/client/v3/${path}`;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('key queries while an identity is made', () => {
    it('wait until it is uploaded; everything else goes on', async () => {
        const asked: string[] = [];
        const gate = createQueryGate((input) => {
            asked.push(new URL(String(input)).pathname.split('/v3/')[1] ?? '');
            return Promise.resolve(new Response('{}'));
        });
        const { promise, resolve } = Promise.withResolvers<void>();
        const done = gate.during(async () => {
            await promise;
            await gate.fetch(url('keys/device_signing/upload'));
            await turn();
            asked.push('uploaded');
        });
        await turn();
        const query = gate.fetch(url('keys/query'));
        await gate.fetch(url('sync'));
        assert.deepEqual(asked, ['sync']);
        resolve();
        await Promise.all([done, query]);
        assert.deepEqual(asked, ['sync', 'keys/device_signing/upload', 'keys/query', 'uploaded']);
    });
    it('wait no longer when it failed, and one under way is awaited first', async () => {
        const asked: string[] = [];
        const slow = Promise.withResolvers<Response>();
        const gate = createQueryGate((input) => {
            asked.push(String(input));
            return slow.promise;
        });
        const before = gate.fetch(url('keys/query'));
        let begun = false;
        const done = gate.during(() => {
            begun = true;
            return Promise.reject(new Error('refused'));
        });
        await turn();
        assert.equal(begun, false);
        slow.resolve(new Response('{}'));
        await before;
        await assert.rejects(done, /refused/u);
        await gate.fetch(url('keys/query'));
        assert.equal(asked.length, 2);
    });
});

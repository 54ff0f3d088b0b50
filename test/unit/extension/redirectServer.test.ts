import assert from 'node:assert/strict';
import { get as ask } from 'node:http';
import { describe, it } from 'mocha';
import { startRedirectServer } from '../../../src/extension/account/redirectServer.ts';

describe('the way back from the browser', () => {
    it('takes one answer with the right state, under our own name, and leaves no token in the address bar', async () => {
        const refused: string[] = [];
        const back = await startRedirectServer((reason) => refused.push(reason));
        const get = (query: string, init: RequestInit = {}) =>
            fetch(`${back.url}${query}`, { redirect: 'manual', ...init });
        assert.equal((await get('?state=wrong&loginToken=x')).status, 403);
        assert.equal((await get('?loginToken=x')).status, 403);
        assert.equal((await get(`?state=${back.state}`, { method: 'POST' })).status, 405);
        const right = await get(`?state=${back.state}&loginToken=yes`);
        assert.deepEqual([right.status, right.headers.get('Location')], [303, '/done']);
        assert.equal((await back.answer).get('loginToken'), 'yes');
        assert.equal((await get(`?state=${back.state}&loginToken=later`)).status, 410);
        assert.deepEqual(refused, ['the state was wrong', 'the state was wrong', 'it was used already']);
        const { port } = new URL(back.url);
        const foreign = await new Promise<number>((resolve, reject) => {
            ask({ host: '127.0.0.1', port, path: '/signed-in', headers: { Host: 'evil.example.org' } }, (r) => {
                r.resume();
                resolve(r.statusCode ?? 0);
            }).on('error', reject);
        });
        assert.equal(foreign, 421);
        back.close();
        assert.match(await (await fetch(new URL('/done', back.url))).text(), /go back to VS Code/u);
    });

    it('is gone at once when it was not used', async () => {
        const back = await startRedirectServer(() => undefined);
        back.close();
        const gone = async (): Promise<boolean> =>
            fetch(back.url).then(
                () => false,
                () => true,
            );
        while (!(await gone()));
    });
});

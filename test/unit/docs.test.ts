/** The README and docs/ name commands and settings that exist, and docs/matrix.md every endpoint that Hush is to use. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'mocha';
import { endpointTable, unlisted } from '../stack/endpointTable.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { contributes } = JSON.parse(read('package.json')) as {
    contributes: {
        commands: { title: string; category?: string }[];
        colors: { id: string }[];
        configuration: { properties: object };
    };
};
const titles = new Set(contributes.commands.map(({ title, category = '' }) => `${category}: ${title}`));
const colours = new Set(contributes.colors.map(({ id }) => id));
const settings = new Set(Object.keys(contributes.configuration.properties));
const pages = ['README.md', ...globSync('docs/*.md', { cwd: root })];

/** The quick reference of "Matrix for Hush": what is to be reached by some feature. */
const ENDPOINTS = [
    'GET /.well-known/matrix/client',
    'GET /_matrix/client/versions',
    'POST /_matrix/client/v3/register',
    'POST /_matrix/client/v3/login',
    'POST /_matrix/client/v3/logout',
    'POST /_matrix/client/v3/refresh',
    'GET /_matrix/client/v3/sync',
    'POST /_matrix/client/v3/createRoom',
    'POST /_matrix/client/v3/join/!r:hs',
    'POST /_matrix/client/v3/rooms/!r:hs/leave',
    'POST /_matrix/client/v3/rooms/!r:hs/invite',
    'PUT /_matrix/client/v3/rooms/!r:hs/send/m.room.message/1',
    'PUT /_matrix/client/v3/rooms/!r:hs/state/m.room.name/',
    'GET /_matrix/client/v3/rooms/!r:hs/state',
    'GET /_matrix/client/v3/rooms/!r:hs/messages?dir=b',
    'POST /_matrix/client/v3/keys/upload',
    'POST /_matrix/client/v3/keys/query',
    'POST /_matrix/client/v3/keys/claim',
    'PUT /_matrix/client/v3/sendToDevice/m.room.encrypted/1',
    'POST /_matrix/media/v3/upload',
    'GET /_matrix/client/v1/media/download/hs/id',
    'GET /_matrix/client/v3/voip/turnServer',
    'GET /_matrix/client/v3/devices',
    'GET /_matrix/client/v3/account/whoami',
].map((line) => {
    const [method = '', path = ''] = line.split(' ');
    return { method, path };
});

describe('the README and docs/', () => {
    it('name commands by the titles they have', () => {
        for (const page of pages)
            for (const [, title = ''] of read(page).matchAll(/\*\*(Hush: [^*]+)\*\*/gu))
                assert.ok(titles.has(title), `${page}: ${title}`);
    });

    it('name settings and colours that exist', () => {
        for (const page of pages)
            for (const [, key = ''] of read(page).matchAll(/`(hush\.[\w.]+)`/gu))
                assert.ok(
                    settings.has(key) || colours.has(key) || [...settings].some((known) => known.startsWith(`${key}.`)),
                    `${page}: ${key}`,
                );
    });

    it('have a row for every endpoint of the reference', () => {
        assert.ok(endpointTable().length > 60);
        assert.deepEqual(unlisted(ENDPOINTS), []);
    });

    it('have none for what the table does not name', () => {
        const others = [
            { method: 'DELETE', path: '/_matrix/client/v3/sync' },
            { method: 'GET', path: '/_matrix/client/v3/rooms/!r:hs/state/m.room.name/x/y' },
            { method: 'GET', path: '/_matrix/client/v3/pushers' },
        ];
        assert.equal(unlisted(others).length, others.length);
    });
});

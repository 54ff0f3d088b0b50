import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'mocha';
import { HushError } from '../../../src/core/base/errors.ts';
import { createLog } from '../../../src/core/base/log.ts';
import { ACCOUNT_CALLS } from '../../../src/core/account/accountCalls.ts';
import type { RoomNotice } from '../../../src/core/rooms/roomsPort.ts';
import { createSeats } from '../../../src/extension/windows/seats.ts';
import { connectToLeader } from '../../../src/extension/windows/follower.ts';
import { serveWindows } from '../../../src/extension/windows/leader.ts';
import { FakeAccount } from './fakeAccount.ts';

const ROOM = '!r:hs';
const REQUESTS = Object.entries(ACCOUNT_CALLS.roomAdmin).flatMap(([name, word]) => (word === 'event' ? [] : [name]));
const nothing = (): void => undefined;
const log = createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing });

describe('rooms and people in a window that does not hold the account', () => {
    it('are managed over the socket: what is asked, what is refused and what is news arrives as it was', async () => {
        const folder = await mkdtemp(join(tmpdir(), 'hush-rooms-'));
        const account = new FakeAccount();
        const did: unknown[] = [];
        const { roomAdmin } = account as unknown as { roomAdmin: Record<string, unknown> };
        for (const name of REQUESTS)
            roomAdmin[name] = async (...args: unknown[]) => (did.push([name, ...args]), `did ${name}`);
        roomAdmin['ban'] = () => Promise.reject(new HushError('room.forbidden', 'no power'));
        const leader = { socket: join(folder, 's'), secret: randomBytes(32).toString('hex'), version: 'test' };
        const server = await serveWindows(leader, { seats: createSeats(account.asAccount), onStale: nothing, log });
        try {
            const remote = (await connectToLeader(leader)).account;
            for (const name of REQUESTS.filter((n) => n !== 'ban')) {
                const call = (remote.roomAdmin as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[
                    name
                ];
                assert.equal(await call?.(ROOM, { via: ['hs'] }, undefined), `did ${name}`);
                assert.deepEqual(did.at(-1), [name, ROOM, { via: ['hs'] }, undefined]);
            }
            await assert.rejects(remote.roomAdmin.ban(ROOM, '@eve:hs', 'why'), {
                name: 'HushError',
                code: 'room.forbidden',
                message: 'no power',
            });
            const heard = new Promise<RoomNotice>((resolve) => remote.roomAdmin.onNews(resolve));
            const news: RoomNotice = { kind: 'removed', roomName: 'Room', by: 'Eve', how: 'banned', reason: undefined };
            account.roomNews.emit(news);
            assert.deepEqual(await heard, news);
            await remote.stop();
        } finally {
            server.close();
            await rm(folder, { recursive: true, force: true });
        }
    });
});

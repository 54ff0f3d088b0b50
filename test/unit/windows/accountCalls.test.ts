import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ACCOUNT_CALLS, callAccount, followAccount, proxyAccount } from '../../../src/core/account/accountCalls.ts';
import { HushError } from '../../../src/core/base/errors.ts';
import { fromWireArgument, toWireArgument } from '../../../src/extension/windows/wire.ts';
import { FakeAccount } from './fakeAccount.ts';

describe('the account of another window', () => {
    it('asks, tells and listens as each method’s word says', async () => {
        const did: string[] = [];
        const {
            '': own,
            rtc,
            calls,
        } = proxyAccount({
            request: async (path, args, word) => void did.push(`${word} ${path} ${args.join()}`),
            tell: (path, args) => void did.push(`tell ${path} ${args.join()}`),
            subscribe(path) {
                did.push(`subscribe ${path}`);
                return { dispose: () => undefined };
            },
        });
        await own.join('!r');
        await rtc.leave('!r');
        calls.release('page');
        rtc.onKey(() => undefined);
        assert.deepEqual(did, ['once join !r', 'again rtc.leave !r', 'tell calls.release page', 'subscribe rtc.onKey']);
    });

    it('is reached by listed methods alone: no event, nothing local, nothing inherited', () => {
        const account = new FakeAccount().asAccount;
        const refused = [
            'stop',
            'dispose',
            'start',
            'rooms',
            'onInvite',
            'rtc.onKey',
            'rtc.currentKeys',
            'trust.onOwn',
        ];
        const strange = [
            'rtc',
            'rtc.',
            '.join',
            'toString',
            'rtc.constructor',
            '__proto__.x',
            'rtc.join.call',
            'asAccount',
        ];
        for (const path of [...refused, ...strange])
            assert.throws(() => callAccount(account, path, []), /no such method/u, path);
    });

    it('hears every event of every port', () => {
        const account = new FakeAccount();
        const heard: string[] = [];
        const following = followAccount(account.asAccount, (path) => heard.push(path));
        account.chatChanges.emit('!r');
        account.roomNews.emit({ kind: 'replaced', roomId: '!r', roomName: 'Room' });
        for (const it of following) it.dispose();
        account.chatChanges.emit('!r');
        assert.deepEqual(heard, ['chat.onChange', 'roomAdmin.onNews']);
        const events = Object.values(ACCOUNT_CALLS).flatMap((port) => Object.values(port).filter((w) => w === 'event'));
        assert.equal(following.length, events.length);
    });

    it('hears an error of an event as the error that it was', () => {
        const error = new HushError('room.forbidden', 'no power', { retryAfterMs: 5 });
        const argument = fromWireArgument(structuredClone(toWireArgument({ roomId: '!r', error })));
        const { error: heard, ...rest } = argument as { error: HushError };
        assert.deepEqual(
            [rest, heard.code, heard.message, heard.retryAfterMs],
            [{ roomId: '!r' }, 'room.forbidden', 'no power', 5],
        );
        assert.ok(heard instanceof HushError);
        for (const plain of [undefined, 'text', { roomId: '!r' }, 3]) assert.equal(toWireArgument(plain), plain);
    });
});

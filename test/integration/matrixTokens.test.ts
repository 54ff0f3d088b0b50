import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadAccount, nextAccount, saveAccount } from '../../src/core/account/storedAccounts.ts';
import { discoverHomeserver } from '../../src/matrix/signIn/discovery.ts';
import { logInWithPassword, logOut, refreshTokens, whoami } from '../../src/matrix/signIn/login.ts';
import { storePath } from '../../src/matrix/account/storePath.ts';
import {
    createTokenKeeper,
    PLACEHOLDER_TOKEN,
    type TokenKeeper,
    type Tokens,
} from '../../src/matrix/account/tokenRefresh.ts';
import { eventually } from '../stack/eventually.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { login, request } from '../stack/accounts.ts';
import { isMediaKey } from './support/keyKinds.ts';
import { newStorageKey } from './support/matrixEngine.ts';
import { lastClientOf } from './support/matrixClients.ts';
import {
    newPerson,
    pair,
    recordingLog,
    signedIn,
    until,
    untilRoom,
    untilState,
    type Person,
    type OpenOptions,
} from './support/matrixAccounts.ts';
import { untilRead } from './support/roomMessages.ts';

describe('tokens on a real homeserver', function () {
    this.timeout(60_000);
    let synapse: Synapse;
    const people: Person[] = [];
    before(async function () {
        this.timeout(180_000);
        synapse = await startSynapse({
            refreshableAccessTokenLifetime: '4s',
            rateLimits: 'loose',
            livekitServiceUrl: 'http://127.0.0.1:9/livekit',
        });
    });
    after(async () => {
        await Promise.all(people.map((p) => p.account.stop().catch(() => undefined)));
        await synapse?.stop();
    });
    const person = async (options: OpenOptions = {}): Promise<Person> => {
        const p = await newPerson(synapse, 'alice', options);
        people.push(p);
        return p;
    };
    const renewals = (p: Person): number => p.lines.filter((l) => l.includes('Access token renewed')).length;

    it('finds the server by its name and says what a wrong password is', async () => {
        const { baseUrl, versions } = await discoverHomeserver(synapse.serverName, fetch);
        assert.equal(baseUrl, `http://${synapse.serverName}`);
        assert.ok(versions.includes('v1.11'));
        const { userId } = await synapse.createAccount('wrong');
        await assert.rejects(
            logInWithPassword({ baseUrl, user: userId, password: 'no', deviceName: 'x' }, fetch, Date.now),
            { code: 'login.wrongPassword' },
        );
    });
    it('renews silently, keeps the pair in the vault, and goes on working', async () => {
        const p = await person();
        // A long poll in flight outlives its token, so an idle client renews only with its next request.
        await eventually(async () => {
            await lastClientOf(p.userId)
                .whoami()
                .catch(() => undefined);
            return renewals(p) >= 2;
        }, 'two renewals');
        await p.account.createSessionRoom({ name: 'x', invite: [], workspaceLink: undefined });
        const stored = await loadAccount(p.vault, p.log);
        assert.ok(
            stored?.accessToken &&
                (await whoami(synapse.baseUrl, stored.accessToken, fetch)).deviceId === p.account.deviceId,
        );
        assert.equal(p.account.state.kind, 'ready');
    });
    it('comes back from a soft logout: an expired token is replaced at the first request', async () => {
        const p = await person();
        await p.account.stop();
        const stored = await loadAccount(p.vault, p.log);
        assert.ok(stored);
        const { expiresAt: _, ...ageless } = stored; // so that only the server's refusal can tell
        await saveAccount(p.vault, ageless);
        await eventually(async () => Date.now() > (stored.expiresAt ?? 0) + 200, 'the token to expire');
        const before = renewals(p);
        const account = await p.reopen();
        await until(
            () => account.state.kind === 'ready' && account.state.online,
            (check) => account.onState(check),
            'online',
        );
        assert.ok(renewals(p) > before);
        assert.equal(account.deviceId, stored.deviceId);
    });
    it('a crash around the renewal loses nothing: before the pair is stored, several times over, and after', async () => {
        const { userId, password } = await synapse.createAccount('crash');
        const { baseUrl } = synapse;
        const first: Tokens = await logInWithPassword(
            { baseUrl, user: userId, password, deviceName: 'x' },
            fetch,
            Date.now,
        );
        /** What the keychain holds: it outlives every process below. */
        let kept: Tokens = first;
        const { log } = recordingLog();
        const process = (save: (tokens: Tokens) => Promise<void>) =>
            createTokenKeeper({
                baseUrl,
                initial: { ...kept, expiresAt: Date.now() - 1 },
                save,
                fetch,
                now: Date.now,
                log,
                onExpired: () => assert.fail('the session was lost'),
            });
        const ask = (keeper: TokenKeeper) => whoami(baseUrl, PLACEHOLDER_TOKEN, keeper.fetch);
        const answers: Tokens[] = [];
        for (let crash = 0; crash < 3; crash++) {
            // Dies with the server's answer in its hands: nothing after `save` ever happens.
            const died = Promise.withResolvers<void>();
            void ask(
                process((tokens) => {
                    answers.push(tokens);
                    died.resolve();
                    return new Promise(() => undefined);
                }),
            ).catch(() => undefined);
            await died.promise;
        }
        assert.equal(new Set(answers.map(({ accessToken }) => accessToken)).size, 3);
        // The keychain refuses: the old pair goes on, and so does the session.
        await assert.rejects(ask(process(() => Promise.reject(new Error('locked')))), {
            code: 'account.storeFailed',
        });
        // Dies between storing and first use.
        const stored = Promise.withResolvers<void>();
        void process((tokens) => {
            kept = tokens;
            stored.resolve();
            return new Promise(() => undefined);
        })
            .fetch(`${baseUrl}/_matrix/client/v3/account/whoami`, {
                headers: { Authorization: `Bearer ${PLACEHOLDER_TOKEN}` },
            })
            .catch(() => undefined);
        await stored.promise;
        const last = process((tokens) => {
            kept = tokens;
            return Promise.resolve();
        });
        assert.equal((await ask(last)).userId, userId);
        assert.equal(kept.accessToken, last.current().accessToken);
        // Which is why the pair is stored before its first use: from then on the old refresh token is dead.
        const late = await refreshTokens(baseUrl, first.refreshToken ?? '', fetch, Date.now);
        assert.equal(late.kind, 'refused');
    });
    it('requests that meet an expired token together renew it once', async () => {
        const { userId, password } = await synapse.createAccount('together');
        const { baseUrl } = synapse;
        const session = await logInWithPassword({ baseUrl, user: userId, password, deviceName: 'x' }, fetch, Date.now);
        await eventually(async () => Date.now() > (session.expiresAt ?? 0) + 200, 'the token to expire');
        const asked: string[] = [];
        const saved: Tokens[] = [];
        const keeper = createTokenKeeper({
            baseUrl,
            initial: { ...session, expiresAt: undefined }, // only the server's refusal can tell
            save: (tokens) => Promise.resolve(void saved.push(tokens)),
            fetch: (input, init) => {
                asked.push(String(input));
                return fetch(input, init);
            },
            now: Date.now,
            log: recordingLog().log,
            onExpired: () => assert.fail('the session was lost'),
        });
        const who = await Promise.all(
            Array.from({ length: 5 }, () => whoami(baseUrl, PLACEHOLDER_TOKEN, keeper.fetch)),
        );
        assert.ok(who.every((each) => each.deviceId === session.deviceId));
        assert.equal(asked.filter((url) => url.endsWith('/refresh')).length, 1);
        assert.equal(saved.length, 1);
    });
    it('asks to sign in again after a hard logout, and knows after a restart that the device is gone', async () => {
        const p = await person();
        const { accessToken } = await login(synapse.baseUrl, { userId: p.userId, password: p.password });
        await request(`${synapse.baseUrl}/_matrix/client/v3/logout/all`, {}, accessToken);
        await untilState(p.account, 'expired');
        await eventually(async () => p.lines.some((l) => l.includes('ended the session')), 'the log line');
        const kept = await loadAccount(p.vault, p.log);
        assert.equal(kept?.accessToken, undefined);
        assert.equal(kept?.deviceId, p.account.deviceId);
        assert.equal((await readdir(join(p.dataDir, 'stores'))).filter((f) => f.endsWith('.sqlite')).length, 1);
        const account = await p.reopen();
        assert.deepEqual(account.state, { kind: 'expired', userId: p.userId, deviceGone: true });
        assert.deepEqual(account.rooms(), []);
    });
    it('signed in again after a hard logout, keys arrive, and what the device before could read is read by the new one', async () => {
        // The new device is not part of the person's identity yet: keys for everyone, to see that they arrive.
        const [p, mate] = [await person(), await person({ sharePolicy: () => 'everyone' })];
        const roomId = await pair(mate, p);
        await mate.account.chat.send(roomId, 'before', { kind: 'text', markdown: 'before', replyTo: null });
        await untilRead(p, roomId, 'before');
        const { accessToken } = await login(synapse.baseUrl, { userId: p.userId, password: p.password });
        await request(`${synapse.baseUrl}/_matrix/client/v3/logout/all`, {}, accessToken);
        await untilState(p.account, 'expired');
        const kept = await loadAccount(p.vault, p.log);
        assert.ok(kept);
        assert.equal(kept.deviceGone, true);
        const session = await logInWithPassword(
            { baseUrl: kept.baseUrl, user: p.userId, password: p.password, deviceName: 'again' },
            fetch,
            Date.now,
        );
        await saveAccount(p.vault, nextAccount(kept, { ...session, baseUrl: kept.baseUrl }, newStorageKey));
        const account = await p.reopen();
        await account.rtc.join(roomId, []);
        await untilRoom(mate.account, roomId, (r) => r.rtc.length === 1, 'the membership');
        await mate.account.rtc.join(roomId, [{ id: '01S', startedTs: 1 }]);
        await mate.account.rtc.startKeys(roomId);
        await until(
            () => account.rtc.currentKeys(roomId).some(isMediaKey),
            (check) => account.rtc.onKey(check),
            'the key',
        );
        const stores = async (): Promise<number> =>
            (await readdir(join(p.dataDir, 'stores'))).filter((f) => f.endsWith('.sqlite')).length;
        await untilRead(p, roomId, 'before');
        assert.equal(await stores(), 1, 'the former store is gone once its keys are here');
        await account.signOut();
        assert.equal(await stores(), 0);
    });
    it('a store of a former device that cannot be read stays, and the account opens all the same', async () => {
        const p = await person();
        const kept = await loadAccount(p.vault, p.log);
        assert.ok(kept);
        await p.account.stop();
        const former = { deviceId: 'FORMER', storageKey: newStorageKey() };
        const path = storePath(p.dataDir, p.userId, former.deviceId);
        await writeFile(path, 'not a store');
        await saveAccount(p.vault, { ...kept, previous: [former] });
        const account = await p.reopen();
        assert.equal(account.state.kind, 'ready');
        assert.ok(p.lines.some((line) => line.includes('former device could not be read')));
        assert.equal(await readFile(path, 'utf8'), 'not a store');
        assert.deepEqual((await loadAccount(p.vault, p.log))?.previous, [former]);
        await account.signOut();
        assert.deepEqual(await readdir(join(p.dataDir, 'stores')), []);
    });
    it('signs out on the server and leaves nothing here', async () => {
        const p = await person();
        const stored = await loadAccount(p.vault, p.log);
        await p.account.signOut();
        assert.equal(p.account.state.kind, 'signedOut');
        assert.equal(await loadAccount(p.vault, p.log), undefined);
        assert.ok(existsSync(join(p.dataDir, 'stores')));
        assert.deepEqual(await readdir(join(p.dataDir, 'stores')), []);
        await assert.rejects(whoami(synapse.baseUrl, stored?.accessToken ?? '', fetch), { code: 'account.expired' });
        await logOut(synapse.baseUrl, stored?.accessToken ?? '', fetch);
    });
    it('signing out everywhere ends every device, and leaves nothing here', async () => {
        const p = await person();
        const { accessToken } = await login(synapse.baseUrl, { userId: p.userId, password: p.password });
        await p.account.signOut('everywhere');
        await assert.rejects(whoami(synapse.baseUrl, accessToken, fetch), { code: 'account.expired' });
        assert.equal(await loadAccount(p.vault, p.log), undefined);
        assert.deepEqual(await readdir(join(p.dataDir, 'stores')), []);
    });
    it('knows where keys are that signing out leaves', async () => {
        const p = await person();
        assert.equal(await p.account.keysElsewhere(), 'nowhere');
        const second = await signedIn(synapse, p.userId, p.password);
        people.push(second);
        await until(
            () => second.account.state.kind === 'ready' && second.account.state.online,
            (check) => second.account.onState(check),
            'online',
        );
        await eventually(async () => (await p.account.keysElsewhere()) === 'devices', 'the other device');
        await p.account.trust.setUpRecovery(undefined);
        assert.equal(await p.account.keysElsewhere(), 'backup');
    });
    it('a token of somebody else is noticed at the start and not used', async () => {
        const [p, other] = [await person(), await person()];
        await p.account.stop();
        const [mine, theirs] = [await loadAccount(p.vault, p.log), await loadAccount(other.vault, other.log)];
        assert.ok(mine && theirs?.accessToken);
        const { refreshToken: _, expiresAt: __, ...rest } = mine;
        await saveAccount(p.vault, { ...rest, accessToken: theirs.accessToken });
        const asked = new Set<string>();
        const account = await p.reopen({
            fetch: (input, init) => {
                if (new Headers(init?.headers).has('Authorization'))
                    asked.add(new URL(input instanceof Request ? input.url : input).pathname);
                return fetch(input, init);
            },
        });
        await untilState(account, 'failed');
        assert.match(account.state.kind === 'failed' ? account.state.message : '', /another account/u);
        await assert.rejects(account.signOut(), { message: /may still list this device/u });
        assert.deepEqual([...asked], ['/_matrix/client/v3/account/whoami']);
        const { deviceId } = await whoami(synapse.baseUrl, theirs.accessToken, fetch);
        assert.equal(deviceId, theirs.deviceId, 'it is signed in as before');
    });
    it('survives the homeserver being away', async () => {
        const p = await person();
        const states: boolean[] = [];
        p.account.onState((s) => {
            if (s.kind === 'ready') states.push(s.online);
        });
        await until(
            () => p.account.state.kind === 'ready' && p.account.state.online,
            (check) => p.account.onState(check),
            'online',
        );
        await synapse.restart();
        await until(
            () => states.includes(false),
            (check) => p.account.onState(check),
            'offline',
        );
        await until(
            () => p.account.state.kind === 'ready' && p.account.state.online,
            (check) => p.account.onState(check),
            'online again',
            40_000,
        );
    });
});

describe('a homeserver with tight limits', function () {
    this.timeout(60_000);
    it('is told to the person with the pause it asks for', async () => {
        const synapse = await startSynapse({ rateLimits: 'tight' });
        try {
            const { userId } = await synapse.createAccount('alice');
            const tries = Array.from({ length: 12 }, () =>
                logInWithPassword(
                    { baseUrl: synapse.baseUrl, user: userId, password: 'no', deviceName: 'x' },
                    fetch,
                    Date.now,
                ).catch((e: unknown) => e as { code: string; retryAfterMs?: number }),
            );
            const limited = (await Promise.all(tries)).filter(
                (e) => 'code' in e && e.code === 'network.rateLimited',
            ) as { retryAfterMs?: number }[];
            assert.ok(limited.length > 0 && (limited[0]?.retryAfterMs ?? 0) > 0);
        } finally {
            await synapse.stop();
        }
    });

    it('messages said faster than it takes them all arrive, in order, after the pauses that it asks for', async function () {
        this.timeout(120_000);
        const synapse = await startSynapse({ config: { rc_message: { per_second: 1, burst_count: 2 } } });
        let alice: Person | undefined;
        let refused = 0;
        const counting: typeof fetch = async (input, init) => {
            const response = await fetch(input, init);
            if (response.status === 429) refused++;
            return response;
        };
        try {
            alice = await newPerson(synapse, 'Hasty', { fetch: counting });
            const { account } = alice;
            const roomId = await account.createSessionRoom({ name: 'Fast', invite: [], workspaceLink: undefined });
            await account.chat.timeline(roomId);
            const bodies = Array.from({ length: 8 }, (_, i) => `message ${i}`);
            await Promise.all(
                bodies.map((markdown, i) =>
                    account.chat.send(roomId, `hasty.${i}`, { kind: 'text', markdown, replyTo: null }),
                ),
            );
            let shown: string[] = [];
            await until(
                () => shown.length === bodies.length,
                (check) =>
                    account.chat.onChange(
                        () =>
                            void account.chat.timeline(roomId).then(({ messages }) => {
                                shown = messages.map(({ body }) => body);
                                check();
                            }),
                    ),
                'all messages',
            );
            assert.deepEqual(shown, bodies);
            assert.ok(refused > 0 && refused < bodies.length, `${refused} refusals`);
        } finally {
            await alice?.account.stop();
            await synapse.stop();
        }
    });
});

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import type { JsonAnswer } from '../../src/core/account/jsonAnswer.ts';
import type { Elsewhere, UiaPrompts } from '../../src/core/account/runUia.ts';
import { beginRegistration, finishRegistration, nameTaken } from '../../src/matrix/signIn/register.ts';
import { registerWays } from '../../src/matrix/signIn/signInWays.ts';
import type { PolicyDocument } from '../../src/core/account/uia.ts';
import { logInWithPassword, whoami, type Session } from '../../src/matrix/signIn/login.ts';
import { login, request } from '../stack/accounts.ts';
import { solveCaptcha, startCaptchaJudge, type CaptchaJudge } from '../stack/captchaJudge.ts';
import { startMailbox, type Mailbox } from '../stack/mailbox.ts';
import { startSynapse, type Synapse } from '../stack/synapse.ts';
import { confirmedMail, terms } from '../stack/synapseParts.ts';

const PASSWORD = 'Correct-horse-7';

/** A person who does what is asked. */
function person(over: Partial<UiaPrompts> = {}): UiaPrompts {
    const never = (what: string) => () => Promise.reject(new Error(`asked for ${what}`));
    return {
        languages: ['en'],
        password: never('a password'),
        registrationToken: never('a token'),
        emailAddress: never('an address'),
        terms: never('consent'),
        elsewhere: (task: Elsewhere) => Promise.reject(new Error(`asked for ${JSON.stringify(task)}`)),
        ...over,
    };
}

describe('creating an account on a real homeserver', function () {
    this.timeout(60_000);
    const register = async (
        baseUrl: string,
        username: string,
        prompts: UiaPrompts,
        sessions: string[] = [],
    ): Promise<Session | undefined> => {
        const watched: typeof fetch = async (input, init) => {
            const body = JSON.parse(typeof init?.body === 'string' ? init.body : '{}') as {
                auth?: { session?: string };
            };
            if (body.auth?.session !== undefined) sessions.push(body.auth.session);
            return fetch(input, init);
        };
        const wanted = { baseUrl, username, password: PASSWORD, deviceName: 'Hush test' };
        const first: JsonAnswer = await beginRegistration(wanted, watched);
        return finishRegistration({
            request: wanted,
            first,
            prompts,
            fetch: watched,
            now: Date.now,
            random: randomBytes,
        });
    };

    describe('that wants a token, consent and a captcha', () => {
        let synapse: Synapse;
        let captcha: CaptchaJudge;
        const TOKEN = 'let-me-in';
        before(async function () {
            this.timeout(180_000);
            captcha = await startCaptchaJudge();
            synapse = await startSynapse({
                config: {
                    enable_registration: true,
                    registration_requires_token: true,
                    ...captcha.config,
                    ...(await terms()),
                    password_config: {
                        policy: { enabled: true, minimum_length: 12, require_digit: true, require_uppercase: true },
                    },
                },
            });
            const admin = await synapse.createAccount('root', { admin: true });
            const { accessToken } = await login(synapse.baseUrl, admin);
            const url = `${synapse.baseUrl}/_synapse/admin/v1/registration_tokens/new`;
            await request(url, { token: TOKEN, uses_allowed: 3 }, accessToken);
        });
        after(async () => {
            await synapse?.stop();
            captcha?.stop();
        });

        it('goes through every stage in one session and ends signed in; a wrong token is asked for again', async () => {
            const { baseUrl, serverName } = synapse;
            assert.deepEqual(await registerWays(baseUrl, ['v1.11'], fetch), [{ kind: 'here' }]);
            const tokens = ['wrong', TOKEN];
            const said: (string | undefined)[] = [];
            const read: PolicyDocument[] = [];
            const looks: boolean[] = [];
            const sessions: string[] = [];
            const session = await register(
                baseUrl,
                'newcomer',
                person({
                    registrationToken: (problem) => {
                        said.push(problem);
                        return Promise.resolve(tokens.shift());
                    },
                    terms: (documents) => {
                        read.push(...documents);
                        return Promise.resolve(true);
                    },
                    async elsewhere(task, look) {
                        assert.ok(task.kind === 'browser' && task.stage === 'm.login.recaptcha');
                        looks.push(await look());
                        assert.match(await (await fetch(task.url)).text(), /captcha/iu);
                        await solveCaptcha(task.url, 'robot');
                        looks.push(await look());
                        await solveCaptcha(task.url, 'person');
                        looks.push(await look());
                        return true;
                    },
                }),
                sessions,
            );
            assert.equal(session?.userId, `@newcomer:${serverName}`);
            assert.ok(session.refreshToken);
            assert.equal((await whoami(baseUrl, session.accessToken, fetch)).deviceId, session.deviceId);
            assert.deepEqual(said[0], undefined);
            assert.match(said[1] ?? '', /token/iu);
            assert.deepEqual(
                read.map(({ name, version }) => [name, version]),
                [['House Rules', '1.0']],
            );
            assert.match(await (await fetch(read[0]?.url ?? '')).text(), /Be kind/u);
            assert.deepEqual(looks, [false, false, true]);
            assert.equal(new Set(sessions).size, 1);
            const again = { baseUrl, user: 'newcomer', password: PASSWORD, deviceName: 'again' };
            assert.equal((await logInWithPassword(again, fetch, Date.now)).userId, session.userId);
        });

        it('says what is wrong with a name or a password before anything else is asked', async () => {
            const { baseUrl } = synapse;
            const begin = (username: string, password: string) =>
                beginRegistration({ baseUrl, username, password, deviceName: 'x' }, fetch);
            await assert.rejects(begin('other', 'Short1'), { code: 'register.password', message: /12/u });
            await assert.rejects(begin('other', 'nodigitsinhereatall'), { code: 'register.password' });
            await assert.rejects(begin('root', PASSWORD), { code: 'register.username' });
            assert.match((await nameTaken(baseUrl, 'root', fetch)) ?? '', /already/u);
            assert.match((await nameTaken(baseUrl, '_no', fetch)) ?? '', /./u);
            assert.equal(await nameTaken(baseUrl, 'somebody-else', fetch), undefined);
        });

        it('a person who does not consent gets no account', async () => {
            const { baseUrl } = synapse;
            const prompts = person({
                registrationToken: () => Promise.resolve(TOKEN),
                terms: () => Promise.resolve(false),
                elsewhere: () => Promise.resolve(false),
            });
            assert.equal(await register(baseUrl, 'reluctant', prompts), undefined);
            assert.equal(await nameTaken(baseUrl, 'reluctant', fetch), undefined);
        });
    });

    describe('that wants an e-mail address', () => {
        let synapse: Synapse;
        let mailbox: Mailbox;
        before(async function () {
            this.timeout(180_000);
            mailbox = await startMailbox();
            synapse = await startSynapse({
                registration: true,
                config: {
                    ...confirmedMail(mailbox),
                },
            });
        });
        after(async () => {
            await synapse?.stop();
            await mailbox?.stop();
        });

        it('waits for the link in the mail, goes on, and the address signs in', async () => {
            const { baseUrl } = synapse;
            const addresses = ['not an address', 'ada@example.org'];
            const problems: (string | undefined)[] = [];
            const looks: boolean[] = [];
            const session = await register(
                baseUrl,
                'ada',
                person({
                    emailAddress: (problem) => {
                        problems.push(problem);
                        return Promise.resolve(addresses.shift());
                    },
                    async elsewhere(task, look) {
                        assert.deepEqual(task, { kind: 'mail', address: 'ada@example.org' });
                        looks.push(await look());
                        const link = await mailbox.link('ada@example.org');
                        await (await fetch(link)).text();
                        looks.push(await look());
                        return true;
                    },
                }),
            );
            assert.deepEqual(looks, [false, true]);
            assert.equal(problems[0], undefined);
            assert.ok(problems[1]);
            const byMail = { baseUrl, user: 'Ada@example.org', password: PASSWORD, deviceName: 'mail' };
            assert.equal((await logInWithPassword(byMail, fetch, Date.now)).userId, session?.userId);
        });
    });

    describe('that makes none', () => {
        it('says so in a sentence, and tight limits are a pause', async function () {
            this.timeout(180_000);
            const synapse = await startSynapse({ rateLimits: 'tight' });
            try {
                const { baseUrl } = synapse;
                assert.deepEqual(await registerWays(baseUrl, ['v1.11'], fetch), []);
                const wanted = { baseUrl, username: 'x', password: PASSWORD, deviceName: 'x' };
                await assert.rejects(beginRegistration(wanted, fetch), {
                    code: 'register.disabled',
                    message: /another server/u,
                });
            } finally {
                await synapse.stop();
            }
        });
    });
});

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isHushError } from '../../../../src/core/base/errors.ts';
import { runUia, type UiaPrompts } from '../../../../src/core/account/runUia.ts';
import { fallbackUrl, nextStage, readChallenge, termsDocuments, uiaStart } from '../../../../src/core/account/uia.ts';
import type { JsonAnswer } from '../../../../src/core/account/jsonAnswer.ts';

const BASE = 'https://hs.example.org';
const TERMS = {
    policies: {
        privacy: {
            version: '1.2',
            en: { name: 'Privacy', url: 'https://hs.example.org/en' },
            de: { name: 'Datenschutz', url: 'https://hs.example.org/de' },
        },
    },
};
const answer = (status: number, body: unknown): JsonAnswer => ({ status, body, retryAfterMs: undefined });
const challenge = (flows: readonly (readonly string[])[], completed: readonly string[] = [], more: object = {}) =>
    answer(401, {
        session: 'S',
        flows: flows.map((stages) => ({ stages })),
        completed,
        params: { 'm.login.terms': TERMS },
        ...more,
    });

/** Does at once what it is asked; looks until the server is content, as often as `patience`. */
function willing(patience = 3, over: Partial<UiaPrompts> = {}): UiaPrompts & { readonly asked: string[] } {
    const asked: string[] = [];
    const note =
        <T>(name: string, value: T) =>
        (problem?: unknown): Promise<T> => {
            asked.push(typeof problem === 'string' ? `${name}: ${problem}` : name);
            return Promise.resolve(value);
        };
    return {
        asked,
        languages: ['de'],
        password: note('password', 'pw'),
        registrationToken: note('token', 'T'),
        emailAddress: note('email', 'a@b.org'),
        terms: note('terms', true),
        async elsewhere(task, look) {
            asked.push(task.kind === 'mail' ? 'mail' : task.stage);
            for (let n = 0; n < patience; n++) if (await look()) return true;
            return false;
        },
        ...over,
    };
}

/** A server as the specification describes it; a stage on the web is done after `looks` looks. */
function honest(flows: readonly (readonly string[])[], looks = 2) {
    const completed: string[] = [];
    const sent: (Record<string, unknown> | undefined)[] = [];
    const browser: { stage: string | undefined } = { stage: undefined };
    let waited = 0;
    const send = (auth: Readonly<Record<string, unknown>> | undefined): Promise<JsonAnswer> => {
        sent.push(auth);
        const type = auth?.['type'];
        const able = flows.filter((flow) => completed.every((stage) => flow.includes(stage)));
        const due = new Set(able.map((flow) => flow.find((stage) => !completed.includes(stage))));
        const ready = (): boolean => flows.some((flow) => flow.every((stage) => completed.includes(stage)));
        if (auth && auth['session'] === 'S' && !ready()) {
            if (typeof type === 'string' && due.has(type) && type !== 'm.login.email.identity') completed.push(type);
            else if (++waited % looks === 0) {
                const next = typeof type === 'string' ? type : browser.stage;
                if (next !== undefined && due.has(next) && !completed.includes(next)) completed.push(next);
            }
        }
        return Promise.resolve(
            auth !== undefined && ready() ? answer(200, { user_id: '@a:b' }) : challenge(flows, [...completed]),
        );
    };
    return { send, sent, completed, browser };
}
const run = (
    send: (auth: Readonly<Record<string, unknown>> | undefined) => Promise<JsonAnswer>,
    prompts: UiaPrompts = willing(),
) =>
    runUia({
        baseUrl: BASE,
        send,
        prompts,
        userId: '@a:b',
        requestMail: () => Promise.resolve({ sid: 'sid', secret: 's' }),
    });

const STAGES = [
    'm.login.dummy',
    'm.login.password',
    'm.login.terms',
    'm.login.registration_token',
    'm.login.email.identity',
    'm.login.recaptcha',
    'm.login.sso',
    'org.example.riddle',
];
const flowsOf = (stages: readonly string[]) =>
    fc.array(fc.uniqueArray(fc.constantFrom(...stages), { maxLength: 5 }), { minLength: 1, maxLength: 4 });

describe('user-interactive authentication', () => {
    it('completes a flow of any honest server, stage by stage as they are due, within one session', () =>
        fc.assert(
            fc.asyncProperty(flowsOf(STAGES), fc.integer({ min: 1, max: 3 }), async (flows, looks) => {
                const server = honest(flows, looks);
                const prompts = willing(9);
                const { elsewhere } = prompts;
                const opening: UiaPrompts = {
                    ...prompts,
                    elsewhere(task, look) {
                        if (task.kind === 'browser') server.browser.stage = task.stage;
                        return elsewhere(task, look);
                    },
                };
                assert.equal((await run(server.send, opening))?.status, 200);
                assert.equal(server.sent[0], undefined);
                assert.ok(server.sent.slice(1).every((auth) => auth?.['session'] === 'S'));
                const taken = server.completed;
                // Stages of one flow may complete another on the way; each was due when it was done (honest).
                assert.ok(flows.some((flow) => [...flow].toSorted().join() === [...taken].toSorted().join()));
                assert.equal(new Set(taken).size, taken.length);
            }),
        ));

    it('takes the flow that asks least, and never one that cannot be done here', () => {
        const first = (flows: string[][]) => {
            const next = nextStage(uiaStart, readChallenge(challenge(flows).body) ?? assert.fail());
            return next.kind === 'stage' ? next.stage : next.kind;
        };
        assert.equal(first([['m.login.recaptcha'], ['m.login.registration_token']]), 'm.login.registration_token');
        assert.equal(first([['m.login.email.identity'], ['m.login.terms', 'm.login.dummy']]), 'm.login.terms');
        assert.equal(first([['m.login.msisdn'], ['org.example.riddle']]), 'org.example.riddle');
        assert.equal(first([['m.login.msisdn']]), 'impossible');
        assert.equal(first([[]]), 'finish');
    });

    const hostile = fc.record({
        session: fc.option(fc.constantFrom('S', 'S', 'S', 'T'), { nil: undefined }),
        flows: fc.array(
            fc.record({ stages: fc.array(fc.constantFrom(...STAGES, 'm.login.msisdn'), { maxLength: 4 }) }),
            {
                maxLength: 4,
            },
        ),
        completed: fc.array(fc.constantFrom(...STAGES), { maxLength: 4 }),
        errcode: fc.option(fc.constantFrom('M_FORBIDDEN', 'M_UNKNOWN'), { nil: undefined }),
    });
    it('comes to an end with any server: the answer, the person, or a sentence', () =>
        fc.assert(
            fc.asyncProperty(
                fc.array(fc.tuple(fc.constantFrom(401, 401, 401, 401, 403, 200, 503), hostile), { minLength: 1 }),
                async (script) => {
                    let n = 0;
                    const send = (): Promise<JsonAnswer> => {
                        const [status, body] = script[n++ % script.length] ?? assert.fail();
                        return Promise.resolve(answer(status, body));
                    };
                    try {
                        await run(send, willing(2));
                    } catch (error) {
                        assert.ok(isHushError(error) && !/undefined|\[object/u.test(error.message), String(error));
                    }
                    assert.ok(n <= 320, `${n} requests`);
                },
            ),
        ));

    it('leaves a server that goes in circles, forgets, or begins another session', async () => {
        const always = (body: () => JsonAnswer) => run(() => Promise.resolve(body()));
        await assert.rejects(
            always(() => challenge([['m.login.dummy']])),
            /keeps asking/u,
        );
        let n = 0;
        await assert.rejects(
            always(() => challenge([['m.login.dummy', 'm.login.terms']], [], { session: `S${n++}` })),
            /forgotten/u,
        );
        n = 0;
        await assert.rejects(
            always(() => challenge([['m.login.dummy', 'm.login.terms']], n++ === 1 ? ['m.login.dummy'] : [])),
            /forgotten/u,
        );
        const prompts = willing();
        await assert.rejects(
            run(() => Promise.resolve(challenge([['m.login.password']], [], { errcode: 'M_FORBIDDEN' })), prompts),
            /keeps asking/u,
        );
        assert.ok(prompts.asked.length <= 101);
    });

    it('says why a stage did not work where the person is asked again', async () => {
        let n = 0;
        const prompts = willing();
        const result = await run(
            () =>
                Promise.resolve(
                    [
                        challenge([['m.login.password']]),
                        challenge([['m.login.password']], [], { errcode: 'M_FORBIDDEN', error: 'Invalid password' }),
                        answer(200, {}),
                    ][n++] ?? assert.fail(),
                ),
            prompts,
        );
        assert.equal(result?.status, 200);
        assert.deepEqual(prompts.asked, ['password', 'password: Invalid password']);
    });

    it('nothing is sent after the person gave up', async () => {
        for (const stage of STAGES.slice(1)) {
            const no = () => Promise.resolve(undefined);
            const prompts = willing(1, {
                password: no,
                registrationToken: no,
                emailAddress: no,
                terms: () => Promise.resolve(false),
                elsewhere: () => Promise.resolve(false),
            });
            const server = honest([[stage]]);
            assert.equal(await run(server.send, prompts), undefined, stage);
            assert.equal(server.sent.length, 1, stage);
        }
    });

    it('what a look under way brings is kept, also when the person turns away meanwhile', async () => {
        for (const pressed of [false, 'again'] as const) {
            const made = Promise.withResolvers<JsonAnswer>();
            let sends = 0;
            const done = runUia({
                baseUrl: BASE,
                prompts: willing(1, {
                    elsewhere(_task, look) {
                        void look();
                        return Promise.resolve(pressed);
                    },
                }),
                send: () => (sends++ === 0 ? Promise.resolve(challenge([['m.login.recaptcha']])) : made.promise),
            });
            made.resolve(answer(200, { user_id: '@a:b' }));
            assert.equal((await done)?.status, 200);
        }
    });
    it('giving up while nothing comes of the look is giving up', async () => {
        let sends = 0;
        const over = await runUia({
            baseUrl: BASE,
            prompts: willing(1, {
                elsewhere(_task, look) {
                    void look().catch(() => undefined);
                    return Promise.resolve(false);
                },
            }),
            send: () =>
                sends++ === 0
                    ? Promise.resolve(challenge([['m.login.recaptcha']]))
                    : Promise.reject(new Error('something odd')),
        });
        assert.equal(over, undefined);
    });
    it('a mail can be sent again to another address, within the same session', async () => {
        const addresses = ['no@b.org', 'a@b.org'];
        const mails: [string, number][] = [];
        let waits = 0;
        const server = honest([['m.login.email.identity']], 1);
        const prompts = willing(1, {
            emailAddress: () => Promise.resolve(addresses.shift()),
            elsewhere: async (_task, look) => (waits++ === 0 ? 'again' : look()),
        });
        const result = await runUia({
            baseUrl: BASE,
            send: server.send,
            prompts,
            requestMail: (address, attempt) => {
                mails.push([address, attempt]);
                return Promise.resolve({ sid: `sid${attempt}`, secret: 's' });
            },
        });
        assert.equal(result?.status, 200);
        assert.deepEqual(mails, [
            ['no@b.org', 1],
            ['a@b.org', 2],
        ]);
    });

    it('terms come in the language of the person, and only as web pages', () => {
        assert.equal(termsDocuments(TERMS, ['de-de', 'de'])?.[0]?.name, 'Datenschutz');
        assert.equal(termsDocuments(TERMS, ['fr'])?.[0]?.name, 'Privacy');
        const bad = (url: string) => ({ policies: { p: { version: '1', en: { name: 'x', url } } } });
        assert.equal(termsDocuments(bad('javascript:alert(1)'), []), undefined);
        assert.equal(termsDocuments(bad('vscode://x'), []), undefined);
        assert.equal(termsDocuments({}, []), undefined);
        assert.equal(termsDocuments({ policies: { p: { version: '1' } } }, []), undefined);
    });

    it('stage and session are one path element each in the address of the web page', () => {
        fc.assert(
            fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (stage, session) => {
                fc.pre(stage.isWellFormed() && session.isWellFormed() && stage !== '.' && stage !== '..');
                const url = new URL(fallbackUrl(BASE, stage, session));
                assert.equal(url.pathname.split('/').length, 8);
                assert.equal(url.searchParams.get('session'), session);
            }),
        );
    });
});

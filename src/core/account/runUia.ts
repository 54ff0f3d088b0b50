/**
 * Takes one request through user-interactive authentication. A person answers through {@link UiaPrompts}. See uia.ts.
 */
import { HushError, isHushError } from '../base/errors.ts';
import type { JsonAnswer } from './jsonAnswer.ts';
import {
    fallbackUrl,
    NATIVE_STAGES,
    nextStage,
    readChallenge,
    termsDocuments,
    uiaStart,
    type PolicyDocument,
    type UiaStop,
} from './uia.ts';

/** Each prompt returns `undefined` or `false` when the person cancels. `problem`: why the person is asked again. */
export interface UiaPrompts {
    password(problem: string | undefined): Promise<string | undefined>;
    registrationToken(problem: string | undefined): Promise<string | undefined>;
    /** True once the person accepted every document. */
    terms(documents: readonly PolicyDocument[]): Promise<boolean>;
    emailAddress(problem: string | undefined): Promise<string | undefined>;
    /**
     * The person does something in a mail or a browser. `look` asks the server whether it is done. It rejects only for
     * an error that ends the whole request. Resolves true when `look` returned true; `again`: send another mail.
     */
    elsewhere(task: Elsewhere, look: () => Promise<boolean>): Promise<boolean | 'again'>;
    /** Preferred languages for documents, the best first, such as `de`. */
    readonly languages: readonly string[];
}
export type Elsewhere =
    | { readonly kind: 'mail'; readonly address: string }
    | { readonly kind: 'browser'; readonly stage: string; readonly url: string };

export interface UiaRequest {
    readonly baseUrl: string;
    /** The request with its `auth`. The first request has none. */
    readonly send: (auth: Readonly<Record<string, unknown>> | undefined) => Promise<JsonAnswer>;
    readonly prompts: UiaPrompts;
    /** For `m.login.password`. */
    readonly userId?: string;
    /**
     * Sends the mail of `m.login.email.identity` and resolves to its mail session. Rejects with a sentence for the
     * person.
     */
    readonly requestMail?: (address: string, attempt: number) => Promise<{ sid: string; secret: string }>;
    /** The answer to the request without `auth`, if it was already sent. */
    readonly first?: JsonAnswer;
}

const PAUSED: readonly number[] = [429, 502, 503, 504];

/** Returns the server's final answer, whatever it is. Undefined when the person cancelled. @throws HushError. */
export async function runUia(request: UiaRequest): Promise<JsonAnswer | undefined> {
    const { baseUrl, send, prompts } = request;
    let answer = request.first ?? (await send(undefined));
    let state = uiaStart;
    for (;;) {
        const challenge = answer.status === 401 ? readChallenge(answer.body) : undefined;
        if (!challenge) return answer;
        const next = nextStage(state, challenge);
        if (next.kind !== 'stage' && next.kind !== 'finish') throw stopped(next, baseUrl);
        state = next.state;
        const session = state.session === undefined ? {} : { session: state.session };
        if (next.kind === 'finish') {
            answer = await send(session);
            continue;
        }
        const { stage } = next;
        const problem = next.problem?.text;
        /**
         * Repeats the stage's own request. True when the server continues from there. A pause or no network means: not
         * yet.
         */
        const looker = (auth: Readonly<Record<string, unknown>>) => async (): Promise<boolean> => {
            const now = await send(auth).catch(unlessEnded);
            if (!now || PAUSED.includes(now.status)) return false;
            const after = now.status === 401 ? readChallenge(now.body) : undefined;
            if (after && after.session === state.session && !after.completed.includes(stage)) return false;
            answer = now;
            return true;
        };
        if (stage === 'm.login.dummy') {
            answer = await send({ type: stage, ...session });
        } else if (stage === 'm.login.password' && request.userId !== undefined) {
            const password = await prompts.password(problem);
            if (password === undefined) return undefined;
            const identifier = { type: 'm.id.user', user: request.userId };
            answer = await send({ type: stage, identifier, password, ...session });
        } else if (stage === 'm.login.registration_token') {
            const token = await prompts.registrationToken(problem);
            if (token === undefined) return undefined;
            answer = await send({ type: stage, token, ...session });
        } else if (stage === 'm.login.terms') {
            const documents = termsDocuments(next.params, prompts.languages);
            if (!documents)
                throw new HushError(
                    'login.refused',
                    `${hostOf(baseUrl)} wants its terms accepted and does not say properly where they are. Tell its administrator, or choose another server.`,
                );
            if (!(await prompts.terms(documents))) return undefined;
            answer = await send({ type: stage, ...session });
        } else if (stage === 'm.login.email.identity' && request.requestMail) {
            const done = await confirmMail(request, session, looker, problem);
            if (!done) return undefined;
        } else {
            if (state.session === undefined) throw stopped({ kind: 'impossible', stages: [stage] }, baseUrl);
            const url = fallbackUrl(baseUrl, stage, state.session);
            for (let done: boolean | 'again' = 'again'; done !== true;) {
                done = await elsewhere(prompts, { kind: 'browser', stage, url }, looker(session));
                if (done === false) return undefined;
            }
        }
    }
}

/**
 * A `look` that is still running counts, even if the person cancels meanwhile. Its answer may create the account or the
 * device, and nothing else would receive it.
 */
async function elsewhere(
    prompts: UiaPrompts,
    task: Elsewhere,
    look: () => Promise<boolean>,
): Promise<boolean | 'again'> {
    let running = Promise.resolve(false);
    const done = await prompts.elsewhere(task, () => (running = look()));
    return done === true || (await running.catch(() => false)) ? true : done;
}

/** Means "not yet": no network, a pause that the server asks for, or a problem of the server. */
function unlessEnded(error: unknown): undefined {
    if (!isHushError(error) || !/^network\.|^server\.error$/u.test(error.code)) throw error;
}

async function confirmMail(
    { prompts, requestMail }: UiaRequest,
    session: Readonly<Record<string, unknown>>,
    looker: (auth: Readonly<Record<string, unknown>>) => () => Promise<boolean>,
    before: string | undefined,
): Promise<boolean> {
    let problem = before;
    for (let attempt = 1; ; attempt++) {
        const address = await prompts.emailAddress(problem);
        if (address === undefined || !requestMail) return false;
        let mail: { sid: string; secret: string };
        try {
            mail = await requestMail(address, attempt);
        } catch (error) {
            problem = error instanceof Error ? error.message : String(error);
            continue;
        }
        const auth = {
            type: 'm.login.email.identity',
            threepid_creds: { sid: mail.sid, client_secret: mail.secret },
            ...session,
        };
        const done = await elsewhere(prompts, { kind: 'mail', address }, looker(auth));
        if (done !== 'again') return done;
        problem = undefined;
    }
}

function stopped(stop: UiaStop, baseUrl: string): HushError {
    const host = hostOf(baseUrl);
    switch (stop.kind) {
        case 'impossible': {
            const asked = stop.stages.filter((stage) => !NATIVE_STAGES.includes(stage)).join(', ');
            return new HushError(
                'login.noSupportedFlow',
                `${host} asks for something that Hush cannot do (${asked || 'nothing that it could say'}). Use its website or another Matrix client for this.`,
            );
        }
        case 'restarted':
            return new HushError('login.refused', `${host} has forgotten what was done so far. Begin again.`);
        case 'circles':
            return new HushError(
                'login.refused',
                `${host} keeps asking for what was done already. Try again later, or tell its administrator.`,
            );
    }
}

function hostOf(baseUrl: string): string {
    return URL.parse(baseUrl)?.host ?? 'The server';
}

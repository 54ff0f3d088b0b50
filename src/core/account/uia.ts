/**
 * User-interactive authentication as a machine (client-server API, "User-Interactive Authentication API"): which stage
 * comes next after an answer of the server, and when to stop. Pure. The session is continued, never restarted; a server
 * that goes in circles, changes the session or offers nonsense is left with a reason.
 */
import * as v from 'valibot';

/** What the server wants done, from the body of a 401. */
export interface UiaChallenge {
    readonly session: string | undefined;
    readonly flows: readonly (readonly string[])[];
    readonly completed: readonly string[];
    readonly params: Readonly<Record<string, unknown>>;
    /** The stage that was tried last did not work, in the server's words. */
    readonly problem: { readonly errcode: string; readonly text: string } | undefined;
}

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const names = v.pipe(v.array(name), v.maxLength(32));
const challenge = v.looseObject({
    session: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(1_024))),
    flows: v.pipe(v.array(v.looseObject({ stages: names })), v.minLength(1), v.maxLength(64)),
    completed: v.optional(names, []),
    params: v.optional(v.record(v.string(), v.unknown()), {}),
    errcode: v.optional(v.string()),
    error: v.optional(v.string()),
});

/** Undefined when `body` is no challenge. */
export function readChallenge(body: unknown): UiaChallenge | undefined {
    const result = v.safeParse(challenge, body);
    if (!result.success) return undefined;
    const { session, flows, completed, params, errcode, error } = result.output;
    return {
        session,
        flows: flows.map(({ stages }) => stages),
        completed,
        params,
        problem: errcode === undefined ? undefined : { errcode, text: (error ?? errcode).slice(0, 200) },
    };
}

/**
 * How much a stage asks of the person; the cheapest flow is taken. What is not named here is done on the homeserver's
 * own web page. There is none for telephone numbers.
 */
const COST: Readonly<Record<string, number>> = {
    'm.login.dummy': 0,
    'm.login.password': 1,
    'm.login.terms': 1,
    'm.login.registration_token': 2,
    'm.login.email.identity': 10,
    'm.login.recaptcha': 20,
    'm.login.sso': 20,
    'm.login.msisdn': 1_000,
};
const ON_THE_WEB = 100;
const IMPOSSIBLE: readonly string[] = ['m.login.msisdn'];

/** Stages that Hush does itself; every other one is done in the browser. */
export const NATIVE_STAGES: readonly string[] = [
    'm.login.dummy',
    'm.login.password',
    'm.login.terms',
    'm.login.registration_token',
    'm.login.email.identity',
];
/** Stages that need nobody: asking again with the same answer cannot help. */
const SILENT: readonly string[] = ['m.login.dummy'];

/** Answers of one session, browser waits not counted, after which the server is taken to go in circles. */
const MOST_ANSWERS = 100;

export interface UiaState {
    readonly session: string | undefined;
    readonly completed: readonly string[];
    /** Stage that was handed out last. */
    readonly stage: string | undefined;
    readonly answers: number;
}

export type UiaStop =
    /** No flow that can be done here leads on from what is completed. `stages`: what was asked for. */
    | { readonly kind: 'impossible'; readonly stages: readonly string[] }
    /** The server forgot the session, or began another. */
    | { readonly kind: 'restarted' }
    /** The server does not get on. */
    | { readonly kind: 'circles' };

export type UiaNext =
    | {
          readonly kind: 'stage';
          readonly stage: string;
          readonly params: unknown;
          /** The same stage did not work just now. */
          readonly problem: UiaChallenge['problem'];
          readonly state: UiaState;
      }
    /** Every stage is done, says the server, and wants the request once more. */
    | { readonly kind: 'finish'; readonly state: UiaState }
    | UiaStop;

export const uiaStart: UiaState = { session: undefined, completed: [], stage: undefined, answers: 0 };

/** What to do after `challenge`. */
export function nextStage(state: UiaState, { session, flows, completed, params, problem }: UiaChallenge): UiaNext {
    const first = state.answers === 0;
    if (!first && session !== state.session) return { kind: 'restarted' };
    if (state.completed.some((stage) => !completed.includes(stage))) return { kind: 'restarted' };
    if (state.answers >= MOST_ANSWERS) return { kind: 'circles' };

    const flow = cheapest(flows, completed);
    if (!flow) return { kind: 'impossible', stages: [...new Set(flows.flat())] };
    const stage = flow.find((each) => !completed.includes(each));
    const grew = completed.length > state.completed.length;
    const next = { session, completed, stage, answers: state.answers + 1 };
    if (stage === undefined) {
        // The request was just sent with everything done; a second time changes nothing.
        return !first && state.stage === undefined && !grew ? { kind: 'circles' } : { kind: 'finish', state: next };
    }
    const again = stage === state.stage && !grew;
    if (again && SILENT.includes(stage)) return { kind: 'circles' };
    return { kind: 'stage', stage, params: params[stage], problem: again ? problem : undefined, state: next };
}

/** Among the flows that contain all that is completed, and that can be done; the first of equals. */
function cheapest(flows: UiaChallenge['flows'], completed: readonly string[]): readonly string[] | undefined {
    const open = (flow: readonly string[]): readonly string[] => flow.filter((stage) => !completed.includes(stage));
    const cost = (flow: readonly string[]): number =>
        open(flow).reduce((sum, stage) => sum + (COST[stage] ?? ON_THE_WEB), 0);
    const able = flows.filter(
        (flow) => completed.every((stage) => flow.includes(stage)) && !open(flow).some((s) => IMPOSSIBLE.includes(s)),
    );
    return able.toSorted((a, b) => cost(a) - cost(b))[0];
}

/** Where the homeserver lets the person do a stage in a browser ("Fallback"). */
export function fallbackUrl(baseUrl: string, stage: string, session: string): string {
    return `${baseUrl}/_matrix/client/v3/auth/${encodeURIComponent(stage)}/fallback/web?session=${encodeURIComponent(session)}`;
}

export interface PolicyDocument {
    readonly name: string;
    readonly url: string;
    readonly version: string;
}

const document = v.looseObject({ name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)), url: v.string() });
const policies = v.looseObject({
    policies: v.record(v.string(), v.looseObject({ version: v.pipe(v.string(), v.maxLength(100)) })),
});

/**
 * The documents of `m.login.terms`, each in the best of `languages` (else English, else any). Undefined when one is
 * malformed or is no web page: the specification wants registration to stop then.
 */
export function termsDocuments(params: unknown, languages: readonly string[]): readonly PolicyDocument[] | undefined {
    const result = v.safeParse(policies, params);
    if (!result.success) return undefined;
    const found = Object.values(result.output.policies).map((policy) => {
        const known = Object.keys(policy).filter((key) => key !== 'version');
        const language = [...languages, 'en', ...known].find((each) => known.includes(each));
        const parsed = v.safeParse(document, language === undefined ? undefined : policy[language]);
        if (!parsed.success || !/^https?:$/u.test(URL.parse(parsed.output.url)?.protocol ?? '')) return undefined;
        return { name: parsed.output.name, url: parsed.output.url, version: policy.version };
    });
    return found.every((each) => each !== undefined) ? found : undefined;
}

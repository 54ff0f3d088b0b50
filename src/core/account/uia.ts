/**
 * User-interactive authentication as a state machine (client-server API, "User-Interactive Authentication API"). It
 * decides which stage follows an answer of the server, and when to stop. It continues the UIA session and never
 * restarts it. It stops with a reason when the server goes in circles, changes the session or sends nonsense.
 */
import * as v from 'valibot';
import { entriesOf, optional } from '../base/lenient.ts';

/** What the server requires, from the body of a 401. */
export interface UiaChallenge {
    readonly session: string | undefined;
    readonly flows: readonly (readonly string[])[];
    readonly completed: readonly string[];
    readonly params: Readonly<Record<string, unknown>>;
    /** Why the last stage failed, in the server's words. */
    readonly problem: { readonly errcode: string; readonly text: string } | undefined;
}

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const names = v.pipe(v.array(name), v.maxLength(32));
const challenge = v.looseObject({
    session: optional(v.pipe(v.string(), v.minLength(1), v.maxLength(1_024))),
    flows: v.pipe(entriesOf(v.looseObject({ stages: names })), v.minLength(1), v.maxLength(64)),
    completed: optional(names),
    params: optional(v.record(v.string(), v.unknown())),
    errcode: optional(v.string()),
    error: optional(v.string()),
});

/** Undefined when `body` is not a challenge. */
export function readChallenge(body: unknown): UiaChallenge | undefined {
    const result = v.safeParse(challenge, body);
    if (!result.success) return undefined;
    const { session, flows, completed = [], params = {}, errcode, error } = result.output;
    return {
        session,
        flows: flows.map(({ stages }) => stages),
        completed,
        params,
        problem: errcode === undefined ? undefined : { errcode, text: (error ?? errcode).slice(0, 200) },
    };
}

/**
 * How much work a stage is for the person. The cheapest flow is taken. Stages that are not named here are done on the
 * homeserver's own web page. Hush has none for telephone numbers.
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

/** Stages that Hush handles itself. Every other stage is done in the browser. */
export const NATIVE_STAGES: readonly string[] = [
    'm.login.dummy',
    'm.login.password',
    'm.login.terms',
    'm.login.registration_token',
    'm.login.email.identity',
];
/** Stages without a person: the same answer a second time cannot help. */
const SILENT: readonly string[] = ['m.login.dummy'];

/**
 * After this many answers in one session, the server counts as going in circles. Waits for the browser do not count.
 */
const MAX_ANSWERS = 100;

export interface UiaState {
    readonly session: string | undefined;
    readonly completed: readonly string[];
    /** The last stage that was returned. */
    readonly stage: string | undefined;
    readonly answers: number;
}

export type UiaStop =
    /** No possible flow continues from the completed stages. `stages`: the stages that the server asked for. */
    | { readonly kind: 'impossible'; readonly stages: readonly string[] }
    /** The server forgot the session or started another. */
    | { readonly kind: 'restarted' }
    /** The server makes no progress. */
    | { readonly kind: 'circles' };

export type UiaNext =
    | {
          readonly kind: 'stage';
          readonly stage: string;
          readonly params: unknown;
          /** Why the same stage just failed. */
          readonly problem: UiaChallenge['problem'];
          readonly state: UiaState;
      }
    /** The server says that every stage is done, and wants the request once more. */
    | { readonly kind: 'finish'; readonly state: UiaState }
    | UiaStop;

export const uiaStart: UiaState = { session: undefined, completed: [], stage: undefined, answers: 0 };

/** Decides what to do after `challenge`. */
export function nextStage(state: UiaState, { session, flows, completed, params, problem }: UiaChallenge): UiaNext {
    const first = state.answers === 0;
    if (!first && session !== state.session) return { kind: 'restarted' };
    if (state.completed.some((stage) => !completed.includes(stage))) return { kind: 'restarted' };
    if (state.answers >= MAX_ANSWERS) return { kind: 'circles' };

    const flow = cheapest(flows, completed);
    if (!flow) return { kind: 'impossible', stages: [...new Set(flows.flat())] };
    const stage = flow.find((each) => !completed.includes(each));
    const grew = completed.length > state.completed.length;
    const next = { session, completed, stage, answers: state.answers + 1 };
    if (stage === undefined) {
        // The request was just sent with every stage done. A second time changes nothing.
        return !first && state.stage === undefined && !grew ? { kind: 'circles' } : { kind: 'finish', state: next };
    }
    const again = stage === state.stage && !grew;
    if (again && SILENT.includes(stage)) return { kind: 'circles' };
    return { kind: 'stage', stage, params: params[stage], problem: again ? problem : undefined, state: next };
}

/** Looks at flows that are possible and contain every completed stage. The first of equals wins. */
function cheapest(flows: UiaChallenge['flows'], completed: readonly string[]): readonly string[] | undefined {
    const open = (flow: readonly string[]): readonly string[] => flow.filter((stage) => !completed.includes(stage));
    const cost = (flow: readonly string[]): number =>
        open(flow).reduce((sum, stage) => sum + (COST[stage] ?? ON_THE_WEB), 0);
    const able = flows.filter(
        (flow) => completed.every((stage) => flow.includes(stage)) && !open(flow).some((s) => IMPOSSIBLE.includes(s)),
    );
    return able.toSorted((a, b) => cost(a) - cost(b))[0];
}

/** The homeserver's page where the person completes a stage in a browser ("Fallback"). */
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
 * The documents of `m.login.terms`, each in the best of `languages` (else English, else any). Undefined when a document
 * is malformed or its URL is not a web page: the specification requires that registration stops then.
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

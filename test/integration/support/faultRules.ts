/** Faults as data, so that a test can send them to a proxy in another process. Pure. */
import type { Fault, Passing } from './faultProxy.ts';

export interface FaultRule {
    /** Part of the path. */
    readonly path: string;
    readonly method?: string;
    /** Part of the body. */
    readonly body?: string;
    /** Number of requests that it applies to. Default: all. */
    readonly times?: number;
    readonly fault:
        | { readonly kind: 'refuse'; readonly status: number; readonly body?: unknown }
        | { readonly kind: 'loseAnswer' }
        | { readonly kind: 'change'; readonly how: Change };
}

/** What a proxy makes of the server's answer. */
type Change =
    /** In a /sync: what `from` encrypted seems to be sent by `to`. */
    | { readonly name: 'sender'; readonly from: string; readonly to: string }
    /** In a /keys/query or /keys/claim: the server of `userId` could not be reached. */
    | { readonly name: 'serverAway'; readonly userId: string }
    /** In a /keys/query: a lie about this device. `*`: about all devices of the user. */
    | { readonly name: Lie; readonly userId: string; readonly deviceId: string };
export type Lie = 'otherKey' | 'wrongSignature' | 'foreignUser';

/** Returns the fault of the first matching rule, at most `times` times for each rule. */
export function faultOf(rules: readonly FaultRule[]): (passing: Passing) => Fault | undefined {
    const left = rules.map(({ times = Infinity }) => times);
    return ({ method, path, body }) => {
        const found = rules.findIndex(
            (rule, i) =>
                (left[i] ?? 0) > 0 &&
                path.includes(rule.path) &&
                (rule.method === undefined || rule.method === method) &&
                (rule.body === undefined || body.includes(rule.body)),
        );
        const rule = rules[found];
        if (!rule) return undefined;
        left[found] = (left[found] ?? 0) - 1;
        const { fault } = rule;
        return fault.kind === 'change' ? { kind: 'change', with: (answer) => change(answer, fault.how) } : fault;
    };
}

interface Answer {
    device_keys?: Record<string, Record<string, DeviceKeys>>;
    one_time_keys?: Record<string, unknown>;
    failures?: Record<string, unknown>;
    rooms?: { join?: Record<string, { timeline?: { events?: { type: string; sender: string }[] } }> };
}
interface DeviceKeys {
    keys: Record<string, string>;
    user_id: string;
    signatures: unknown;
}

function change(answer: Answer, how: Change): Answer {
    if (how.name === 'sender') {
        for (const room of Object.values(answer.rooms?.join ?? {}))
            for (const event of room.timeline?.events ?? [])
                if (event.type === 'm.room.encrypted' && event.sender === how.from) event.sender = how.to;
        return answer;
    }
    if (how.name === 'serverAway') {
        const { [how.userId]: _keys, ...devices } = answer.device_keys ?? {};
        const { [how.userId]: _otk, ...claimed } = answer.one_time_keys ?? {};
        const server = how.userId.slice(how.userId.indexOf(':') + 1);
        return {
            ...answer,
            ...(answer.device_keys ? { device_keys: devices } : {}),
            ...(answer.one_time_keys ? { one_time_keys: claimed } : {}),
            failures: { [server]: { status: 503, message: 'Not ready for retry' } },
        };
    }
    for (const [deviceId, device] of Object.entries(answer.device_keys?.[how.userId] ?? {})) {
        if (how.deviceId !== '*' && how.deviceId !== deviceId) continue;
        if (how.name === 'otherKey') device.keys = { ...device.keys, [`curve25519:${deviceId}`]: 'A'.repeat(43) };
        else if (how.name === 'foreignUser') device.user_id = '@mallory:example.org';
        else device.signatures = { [how.userId]: { [`ed25519:${deviceId}`]: 'A'.repeat(86) } };
    }
    return answer;
}

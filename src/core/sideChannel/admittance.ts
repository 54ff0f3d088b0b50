/**
 * Decides which packets of one sender count. A server or a peer may repeat packets, and may send more than anybody can
 * use. Pure except for its own memory.
 */
import type { Content } from './packet.ts';

/** A stream is one run of a page. More than these from one key are refused, and never forgotten. */
const MAX_STREAMS = 64;
/** How far a packet may be behind the newest one, after a change of the way that packets take. */
const WINDOW = 256;
/** Packets that may come at once, and how many more each second. A pointer sends at most 60. */
const BURST = 300;
const PER_SECOND = 150;

export type Refusal = 'repeated' | 'tooMany';

export interface Admittance {
    /** Undefined: it counts. `at`: ms. */
    refusal(content: Pick<Content, 'stream' | 'number' | 'delivery'>, at: number): Refusal | undefined;
}

interface Seen {
    newest: number;
    readonly numbers: Set<number>;
}

export function createAdmittance(): Admittance {
    const streams = new Map<string, Seen>();
    let tokens = BURST;
    let filledAt: number | undefined;

    const isRepeated = ({ stream, number, delivery }: Pick<Content, 'stream' | 'number' | 'delivery'>): boolean => {
        const name = `${stream} ${delivery}`;
        const seen = streams.get(name);
        if (!seen) {
            if (streams.size >= MAX_STREAMS) return true;
            streams.set(name, { newest: number, numbers: new Set([number]) });
            return false;
        }
        if (number > seen.newest) seen.newest = number;
        // Of what only the newest counts, an older one is as good as repeated.
        else if (delivery === 'latest' || number <= seen.newest - WINDOW || seen.numbers.has(number)) return true;
        seen.numbers.add(number);
        for (const old of seen.numbers) if (old <= seen.newest - WINDOW) seen.numbers.delete(old);
        return false;
    };
    const isTooMany = (at: number): boolean => {
        tokens = Math.min(BURST, tokens + (Math.max(0, at - (filledAt ?? at)) * PER_SECOND) / 1_000);
        filledAt = at;
        if (tokens < 1) return true;
        tokens -= 1;
        return false;
    };
    return {
        refusal(content, at) {
            if (isRepeated(content)) return 'repeated';
            return isTooMany(at) ? 'tooMany' : undefined;
        },
    };
}

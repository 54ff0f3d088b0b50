/**
 * Collects evidence for a failed test: the last log lines of Hush, and what the windows showed. Contains no secrets.
 */
const MAX = 40;
const lines: string[] = [];

export function keepLine(text: string): void {
    if (/^sdk (?!.*(?:WARN|ERROR|[45]\d\d\]))/su.test(text)) return; // library details
    lines.push(`${new Date().toISOString().slice(11, 23)} ${text.slice(0, 300)}`);
    if (lines.length > MAX) lines.shift();
}

export function recentLines(): readonly string[] {
    return [...lines];
}

const seen = new Map<string, string[]>();

/** `test`: its full title. */
export function keepEvidence(test: string, found: readonly string[]): void {
    seen.set(test, [...(seen.get(test) ?? []), ...found]);
}

export function evidenceOf(test: string): readonly string[] {
    return seen.get(test) ?? [];
}

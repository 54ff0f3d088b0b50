/** A verification by emoji from request to end, between two accounts of Hush. */
import assert from 'node:assert/strict';
import type { Verification } from '../../../src/core/trust/trustPort.ts';
import { until, type Person } from './matrixAccounts.ts';

/** Both sides compare the emoji and confirm; ends when both are done. */
export async function verifyWith(from: Person, begin: () => Promise<Verification>, other: Person): Promise<void> {
    const seen = new Map<Person, Verification>();
    const listening = [from, other].map((p) => p.account.trust.onVerification((v) => void seen.set(p, v)));
    const ours = await begin();
    seen.set(from, seen.get(from) ?? ours);
    const reached = (p: Person, kind: string): Promise<void> =>
        until(
            () => seen.get(p)?.state.kind === kind,
            (check) => p.account.trust.onVerification(check),
            `${kind}; now ${JSON.stringify(seen.get(p)?.state)}`,
        );
    await reached(other, 'asked');
    const theirs = seen.get(other)?.id ?? '';
    await other.account.trust.verify(theirs, 'accept');
    await Promise.all([reached(from, 'comparing'), reached(other, 'comparing')]);
    const [a, b] = [seen.get(from)?.state, seen.get(other)?.state];
    assert.ok(a?.kind === 'comparing' && a.emoji.length === 7);
    assert.deepEqual(a, b);
    await from.account.trust.verify(ours.id, 'confirm');
    await other.account.trust.verify(theirs, 'confirm');
    await Promise.all([reached(from, 'done'), reached(other, 'done')]);
    for (const subscription of listening) subscription.dispose();
}

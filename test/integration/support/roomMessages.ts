/** Messages as the tests of end-to-end encryption wait for them. */
import { eventually } from '../../stack/eventually.ts';
import type { Person } from './matrixAccounts.ts';

/** Resolves when the person can read a message with this text. */
export async function untilRead({ account: { chat } }: Person, roomId: string, text: string): Promise<void> {
    await eventually(
        async () => (await chat.timeline(roomId)).messages.some((m) => m.kind === 'text' && m.body === text),
        `"${text}"`,
    );
}

/** Several files that a person chose at once. Hush checks all of them before it sends the first. Pure. */
import { sizeWords } from '../../core/base/sizeWords.ts';
import type { WrittenFile } from '../../core/chat/writtenFile.ts';
import { HushError, isHushError } from '../../core/base/errors.ts';

export interface ChosenFile {
    readonly name: string;
    /** @throws HushError `file.unreadable`, `file.nothingToSend`. */
    look(): Promise<LookedAt>;
}
export interface LookedAt {
    /** In bytes. */
    readonly size: number;
    /** Size limit in bytes for a file from this place. */
    readonly most?: number;
    written(replyTo: string | null): Promise<WrittenFile>;
}

/**
 * `limit`: size limit of the homeserver in bytes, if known.
 * @returns the files in the same order.
 * @throws HushError `file.*` with the name of the first file that cannot be sent. Then none should be sent.
 */
export async function lookAtAll(
    chosen: readonly ChosenFile[],
    limit: number | undefined,
): Promise<readonly LookedAt['written'][]> {
    const ready: LookedAt['written'][] = [];
    for (const { name, look } of chosen) {
        try {
            const { size, most = Infinity, written } = await look();
            assertSmall(size, Math.min(limit ?? Infinity, most));
            ready.push(written);
        } catch (error) {
            if (!isHushError(error)) throw error;
            const rest = chosen.length > 1 ? ' Nothing was sent.' : '';
            throw new HushError(error.code, `${name}: ${error.message}${rest}`, { cause: error });
        }
    }
    return ready;
}

function assertSmall(bytes: number, limit: number): void {
    if (bytes <= limit) return;
    throw new HushError(
        'file.tooLarge',
        `This file has ${sizeWords(bytes)}, and ${sizeWords(limit)} is the most that can be sent here. Send a smaller one.`,
    );
}

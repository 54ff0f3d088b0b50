/** Several files that a person chose at once: all are looked at before the first leaves. Pure. */
import { sizeWords } from '../../core/base/sizeWords.ts';
import type { WrittenFile } from '../../core/chat/writtenFile.ts';
import { HushError, isHushError } from '../../core/base/errors.ts';

export interface ChosenFile {
    readonly name: string;
    /** @throws HushError `file.unreadable`, `file.nothingToSend`. */
    look(): Promise<LookedAt>;
}
export interface LookedAt {
    /** Bytes. */
    readonly size: number;
    /** Bytes that may be sent from where it lies. */
    readonly most?: number;
    written(replyTo: string | null): Promise<WrittenFile>;
}

/**
 * `limit`: bytes that the server takes, where that is known.
 * @returns them in their order. @throws HushError `file.*` of the first that cannot be sent, by its name; then none should be.
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

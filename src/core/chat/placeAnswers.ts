/** Answers the chat page's questions about files one after another: each may search the whole workspace. */
import { Turns } from '../base/turns.ts';

export interface PlaceAnswersOptions {
    /** Returns those of the paths that exist. */
    find(paths: readonly string[]): Promise<string[]>;
    answer(asked: string[], found: string[]): void;
    onError(error: unknown): void;
}

/** Returns what to call with the paths of a question. The answer comes also if the search fails. */
export function createPlaceAnswers({ find, answer, onError }: PlaceAnswersOptions): (asked: string[]) => Promise<void> {
    const turns = new Turns();
    return (asked) =>
        turns.take('search', async () => {
            const found = await find(asked).catch((error: unknown) => {
                onError(error);
                return [];
            });
            answer(asked, found);
        });
}

/** For tests of changes between repositories: a text, its edits, and what an error must say. */
import assert from 'node:assert/strict';
import { isHushError } from '../../../src/core/base/errors.ts';

export const TEXT = `${Array.from({ length: 40 }, (_, i) => `line ${i + 1}`).join('\n')}\n`;

/** The text with another line there. */
export const edited = (line: number, to = 'changed'): string => TEXT.replace(`line ${line}\n`, `${to}\n`);

/** For a test that needs no Undo. */
export const keep = async (): Promise<void> => undefined;

export const refused =
    (code: string, ...words: readonly string[]) =>
    (error: unknown) => {
        assert.ok(isHushError(error), String(error));
        assert.equal(error.code, code, error.message);
        for (const word of words) assert.ok(error.message.includes(word), error.message);
        return true;
    };

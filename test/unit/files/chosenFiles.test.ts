import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { WrittenFile } from '../../../src/core/chat/writtenFile.ts';
import { HushError } from '../../../src/core/base/errors.ts';
import { lookAtAll, type ChosenFile } from '../../../src/extension/chat/chosenFiles.ts';

const file = (name: string, size: number, most?: number): ChosenFile => ({
    name,
    look: () =>
        size === 0
            ? Promise.reject(new HushError('file.nothingToSend', 'This file is empty: there is nothing to send.'))
            : Promise.resolve({
                  size,
                  ...(most === undefined ? {} : { most }),
                  written: (replyTo) => Promise.resolve({ name, replyTo } as WrittenFile),
              }),
});

describe('files that were chosen together', () => {
    it('are ready in their order when each can be sent', async () => {
        const ready = await lookAtAll([file('b', 2), file('a', 1)], 2);
        const written = await Promise.all(ready.map((each, i) => each(i === 0 ? '$r' : null)));
        assert.deepEqual(
            written.map(({ name, replyTo }) => [name, replyTo]),
            [
                ['b', '$r'],
                ['a', null],
            ],
        );
    });

    it('are all kept back when one cannot be sent, which is named', async () => {
        for (const [bad, limit, code, sentence] of [
            [file('empty.txt', 0), undefined, 'file.nothingToSend', /^empty\.txt: .*empty.* Nothing was sent\.$/u],
            [file('big.bin', 3_000), 2_000, 'file.tooLarge', /^big\.bin: .*3 KB.*2 KB.* Nothing was sent\.$/u],
            [file('far.bin', 3_000, 1_000), undefined, 'file.tooLarge', /^far\.bin: .*1 KB/u],
        ] as const)
            await assert.rejects(lookAtAll([file('a', 1), bad, file('c', 1)], limit), (error: HushError) => {
                assert.deepEqual([error.code, sentence.test(error.message)], [code, true], error.message);
                return true;
            });
        await assert.rejects(lookAtAll([file('empty.txt', 0)], undefined), { message: /to send\.$/u });
    });
});

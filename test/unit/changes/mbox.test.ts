/** Commits as mail: what is written is read the same, and other mail is refused. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { bytesOfText, readable } from '../../../src/core/changes/bytesText.ts';
import { cardOf, totalsOf } from '../../../src/core/changes/cardOf.ts';
import { claimOf, newClaim } from '../../../src/core/changes/changesClaim.ts';
import { isHushError } from '../../../src/core/base/errors.ts';
import { readCommits, writeCommits, type CommitToSend } from '../../../src/core/changes/mbox.ts';
import { readPatch } from '../../../src/core/changes/readPatch.ts';
import { added, changed } from './patches.ts';

const commit = (message: string, diff = added('a.txt'), name = 'Zoë'): CommitToSend => ({
    id: 'a'.repeat(40),
    name,
    email: 'z@example.org',
    date: 'Sun, 29 Nov 2026 15:00:00 +0100',
    message,
    diff,
});

describe('commits as mail', () => {
    it('come back with author, date, subject, body and files', () => {
        const text = writeCommits([
            commit('Grüße\n\nWarum?\n\n---\n\nEnde\n'),
            commit('[x] zwei', changed('b', ['+c'])),
        ]);
        const [first, second, ...more] = readCommits(text);
        assert.deepEqual(more, []);
        assert.deepEqual(first?.author, { name: 'Zoë', email: 'z@example.org' });
        assert.equal(first?.subject, 'Grüße');
        assert.equal(readable(first?.body ?? ''), 'Warum?\n\n---\n\nEnde');
        assert.equal(second?.subject, '[x] zwei');
        assert.equal(second?.files[0]?.newPath, 'b');
    });

    it('come back the same, whatever is in the message', () => {
        const line = fc.oneof(
            fc.string(),
            fc.constantFrom('---', '-- ', 'From: x', 'Subject: y', 'diff', '@@ -1 +1 @@', ''),
        );
        fc.assert(
            fc.property(fc.array(line), fc.array(line), (one, two) => {
                const messages = [one, two].map((lines) => `s\n\n${lines.join('\n').replaceAll('\0', '')}`);
                const text = writeCommits(messages.map((message) => commit(message)));
                const bodies = readCommits(text).map(({ body }) => readable(body));
                const expected = messages.map((message) =>
                    message.toWellFormed().replaceAll('\r', '').trim().slice(1).trim(),
                );
                assert.deepEqual(bodies, expected);
            }),
        );
    });

    it('in another form are refused: other headers, encodings, order, numbers', () => {
        const good = writeCommits([commit('one'), commit('two', added('b'))]);
        readCommits(good);
        for (const [from, to] of [
            ['Content-Transfer-Encoding: 8bit', 'Content-Transfer-Encoding: base64'],
            ['charset=UTF-8', 'charset=UTF-7'],
            ['Date: ', 'X: y\nDate: '],
            ['[PATCH 1/2]', '[PATCH 2/2]'],
            ['[PATCH 1/2] ', ''],
            ['From: Zo', 'From: <a> Zo'],
            ['Sun, 29 Nov', '@0'],
            ['---\n\ndiff', 'diff'],
            ['-- \nHush\n\nFrom', 'evil\n-- \nHush\n\nFrom'],
            ['From aaa', 'From bbb aaa'],
        ] as const) {
            assert.ok(good.includes(from), from);
            assert.throws(
                () => readCommits(good.replace(from, to)),
                (error) => isHushError(error) && error.code === 'changes.malformed',
                to,
            );
        }
        assert.throws(() => readCommits(good.slice(0, -1)), /the end is missing/u);
        const many = Array.from({ length: 101 }, () => commit('x'));
        assert.throws(() => readCommits(writeCommits(many)), /more than 100 commits/u);
    });
});

describe('what a message says about its changes', () => {
    const patch = readPatch(bytesOfText(added('a') + changed('b', ['-x', '+y'])), 'working');
    const claim = newClaim({
        kind: 'working',
        base: 'b'.repeat(40),
        branch: 'main',
        author: 'Zoë',
        ...totalsOf(patch),
        workspace: null,
    });

    it('is read at the border, and is none if it is anything else', () => {
        const key = 'com.hush.changes';
        assert.deepEqual(claimOf({ [key]: claim }), claim);
        for (const odd of [
            { ...claim, version: 2 },
            { ...claim, base: '../x' },
            { ...claim, files: -1 },
            { ...claim, kind: 'evil' },
            { ...claim, branch: 'x'.repeat(300) },
            null,
            'x',
            [],
        ])
            assert.equal(claimOf({ [key]: odd }), undefined);
        assert.equal(claimOf({}), undefined);
    });

    it('never stands for what the patch says: the card has the patch’s numbers, and tells the difference', () => {
        assert.equal(cardOf(claim, patch).lie, null);
        const lies = [{ files: 1 }, { insertions: 0 }, { deletions: 9 }, { commits: 3 }];
        for (const lie of lies) {
            const card = cardOf({ ...claim, ...lie }, patch);
            assert.match(card.lie ?? '', /other numbers/u);
            assert.deepEqual([card.files.count, card.insertions, card.deletions], [2, 2, 1]);
        }
        assert.deepEqual(
            cardOf(claim, patch).files.named.map(({ path, note }) => [path, note]),
            [
                ['a', 'new'],
                ['b', ''],
            ],
        );
    });

    it('and names in the patch are shown with what is invisible in them', () => {
        const quoted = '"evil\\342\\200\\256txt.exe"';
        const card = cardOf(claim, readPatch(bytesOfText(added(quoted)), 'working'));
        assert.equal(card.files.named[0]?.path, 'evil[U+202E]txt.exe');
    });
});

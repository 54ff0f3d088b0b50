/** What a message may point at, and which pointers show in an editor. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { newPointer, pathBelow, pointerIn, placeOf, POINTER_KEY } from '../../../src/core/chat/codePointer.ts';
import { createFreshPointers, createPointingPace, POINTER_MS } from '../../../src/core/chat/freshPointers.ts';
import type { ChatMessage } from '../../../src/core/chat/message.ts';
import { outgoing } from '../../../src/matrix/chat/chatContents.ts';
import { parseMessage } from '../../../src/matrix/chat/parseMessage.ts';
import { message } from './chatWorld.ts';

const COMMIT = 'a'.repeat(40);
const POINTER = { version: 1, path: 'src/app.ts', from: 12, to: 18, commit: COMMIT } as const;
const content = (change: Readonly<Record<string, unknown>>) => ({ [POINTER_KEY]: { ...POINTER, ...change } });
const name = fc
    .stringMatching(/^[a-z][a-z0-9_-]{0,8}$/u)
    .filter((one) => !/^(?:con|prn|aux|nul|com\d|lpt\d)$/u.test(one));

describe('a message that points at code', () => {
    it('says so in words and in a key, and is read back', () => {
        const { content: sent } = outgoing(
            { kind: 'text', markdown: 'points at `src/app.ts:12-18`', replyTo: null, pointer: POINTER },
            () => undefined,
        );
        assert.equal(sent['body'], 'points at `src/app.ts:12-18`');
        assert.deepEqual(parseMessage(sent).pointer, POINTER);
        assert.equal(parseMessage(sent).kind, 'text');
    });

    it('without the key, or with one that makes no sense, is text', () => {
        const said = { msgtype: 'm.text', body: 'points at a.ts:1' };
        for (const key of [undefined, null, 7, 'a.ts', [], {}, { ...POINTER, version: 2 }, { ...POINTER, path: 7 }]) {
            const parsed = parseMessage({ ...said, [POINTER_KEY]: key });
            assert.equal(parsed.pointer, undefined, JSON.stringify(key));
            assert.equal(parsed.body, said.body);
        }
    });

    it('points at nothing outside of the repository', () => {
        for (const path of [
            '',
            '/etc/passwd',
            '../x',
            'src/../../x',
            'src/..',
            './x',
            'C:/x',
            'c:x',
            '\\\\server\\share\\x',
            'src\\x',
            'src//x',
            'src/',
            '.git/config',
            'src/.GIT/config',
            'a\nb',
            `${'a/'.repeat(200)}b`,
            'a'.repeat(2_000),
        ])
            assert.equal(pointerIn(content({ path })), undefined, path);
        for (const path of ['a', '.env', 'src/a b.ts', 'src/ä/ö.ts', '.github/x.yml', 'a..b'])
            assert.equal(pointerIn(content({ path }))?.path, path);
    });

    it('a path with a step upwards anywhere is refused, every other path of names is taken', () => {
        fc.assert(
            fc.property(fc.array(name, { minLength: 1, maxLength: 8 }), fc.nat(8), (parts, at) => {
                assert.equal(pointerIn(content({ path: parts.join('/') }))?.path, parts.join('/'));
                const up = parts.toSpliced(Math.min(at, parts.length), 0, '..').join('/');
                assert.equal(pointerIn(content({ path: up })), undefined, up);
                assert.equal(pointerIn(content({ path: `/${parts.join('/')}` })), undefined);
            }),
        );
    });

    it('has lines that exist: whole, from 1, in their order', () => {
        fc.assert(
            fc.property(fc.oneof(fc.integer(), fc.double()), fc.oneof(fc.integer(), fc.double()), (from, to) => {
                const ok = [from, to].every((n) => Number.isInteger(n) && n >= 1 && n <= 1e8) && from <= to;
                assert.equal(pointerIn(content({ from, to })) !== undefined, ok);
                assert.equal(newPointer({ path: 'a', from, to, commit: null }) !== undefined, ok);
            }),
        );
    });

    it('names a commit, or none', () => {
        for (const commit of [null, COMMIT, 'b'.repeat(64)]) assert.ok(pointerIn(content({ commit })));
        for (const commit of ['', 'main', 'A'.repeat(40), '--upload-pack=x', undefined])
            assert.equal(pointerIn(content({ commit })), undefined, String(commit));
    });

    it('is written as a place', () => {
        assert.equal(placeOf(POINTER), 'src/app.ts:12-18');
        assert.equal(placeOf({ ...POINTER, to: 12 }), 'src/app.ts:12');
    });

    it('gets its path from the folder above the file', () => {
        assert.equal(pathBelow('/a', '/a/b/c'), 'b/c');
        assert.equal(pathBelow('/', '/b'), 'b');
        for (const file of ['/ab/c', '/a', '/a/', '/c']) assert.equal(pathBelow('/a', file), undefined, file);
    });
});

describe('a pointer shows in an editor', () => {
    const NOW = 1_000_000;
    const points = (key: string, more: Partial<ChatMessage> = {}): ChatMessage =>
        message(key, '@you:hs', { ts: NOW, pointer: POINTER, ...more });
    const paths = (found: readonly { pointer: { path: string } }[]): string[] => found.map((one) => one.pointer.path);

    it('when it arrives, once', () => {
        const read = createFreshPointers();
        assert.deepEqual(read('!r', [], NOW), []);
        assert.deepEqual(read('!r', [points('$1')], NOW), [{ sender: '@you:hs', name: '@you:hs', pointer: POINTER }]);
        assert.deepEqual(read('!r', [points('$1')], NOW), []);
    });

    it('not from the history: what the first reading of a room has, and what is older', () => {
        const read = createFreshPointers();
        assert.deepEqual(read('!r', [points('$1')], NOW), []);
        const old = points('$0', { ts: NOW - POINTER_MS - 60_000 });
        assert.deepEqual(read('!r', [old, points('$1')], NOW), []);
        assert.deepEqual(read('!other', [points('$2')], NOW), []);
    });

    it('not our own, and not a message without one', () => {
        const read = createFreshPointers();
        read('!r', [], NOW);
        assert.deepEqual(read('!r', [points('$1', { own: true }), message('$2', '@you:hs', { ts: NOW })], NOW), []);
    });

    it('of each person the newest', () => {
        const read = createFreshPointers();
        read('!r', [], NOW);
        const at = (path: string) => ({ pointer: { ...POINTER, path } });
        const all = [points('$1', at('a')), points('$2', { ...at('b'), sender: '@she:hs' }), points('$3', at('c'))];
        assert.deepEqual(paths(read('!r', all, NOW)).toSorted(), ['b', 'c']);
    });

    it('when its key comes late, but not as an edit of a message that was read', () => {
        const read = createFreshPointers();
        read('!r', [], NOW);
        const { pointer: _, ...unreadable } = points('$1', { kind: 'unreadable' });
        assert.deepEqual(read('!r', [unreadable], NOW), []);
        assert.equal(read('!r', [points('$1')], NOW + 1_000).length, 1);
        const { pointer: __, ...said } = points('$2');
        assert.deepEqual(read('!r', [points('$1'), said], NOW), []);
        assert.deepEqual(read('!r', [points('$1'), points('$2', { edited: true })], NOW), []);
    });

    it('at most once, whatever is read in which order', () => {
        fc.assert(
            fc.property(fc.array(fc.nat({ max: 6 }), { maxLength: 30 }), (counts) => {
                const read = createFreshPointers();
                const all = Array.from({ length: 7 }, (_, i) => points(`$${i}`, { sender: `@${i}:hs` }));
                let most = 0;
                const seen: string[] = [];
                read('!r', [], NOW);
                for (const count of counts) {
                    most = Math.max(most, count);
                    seen.push(...read('!r', all.slice(0, most), NOW).map(({ sender }) => sender));
                }
                assert.deepEqual(
                    seen.toSorted(),
                    all.slice(0, most).map(({ sender }) => sender),
                );
            }),
        );
    });

    it('is sent at most once in a second', () => {
        fc.assert(
            fc.property(fc.array(fc.nat({ max: 1_500 }), { maxLength: 40 }), (steps) => {
                const may = createPointingPace();
                let [now, last] = [0, -Infinity];
                for (const step of steps) {
                    now += step;
                    const expected = now - last >= 1_000;
                    assert.equal(may(now), expected);
                    if (expected) last = now;
                }
            }),
        );
    });
});

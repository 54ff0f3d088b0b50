import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createViewerMemory, viewerTabTitle } from '../../../src/extension/share/page/viewerMemory.ts';

function memento(initial?: unknown) {
    let value = initial;
    return {
        get: () => value,
        update: async (_key: string, next: unknown, _count?: number) => {
            value = next;
        },
    };
}
const target = { roomId: '!r', userId: '@a:hs', deviceId: 'D', shareId: 'S' };

describe('what a view tab showed', () => {
    it('is found again by the title of the tab', () => {
        const memory = createViewerMemory(memento());
        memory.note('Alice', target);
        memory.note('Bob', { ...target, userId: '@b:hs' });
        assert.deepEqual(memory.find(viewerTabTitle('Alice')), target);
        assert.equal(memory.find('Carol’s screen'), undefined);
    });

    it('is the newest of that title, and not too many are kept', () => {
        const memory = createViewerMemory(memento());
        for (let i = 0; i < 50; i++) memory.note(`P${i}`, target);
        memory.note('P49', { ...target, shareId: 'S2' });
        assert.equal(memory.find(viewerTabTitle('P49'))?.shareId, 'S2');
        assert.equal(memory.find(viewerTabTitle('P0')), undefined);
    });

    it('is written once, however often the model changes', () => {
        let writes = 0;
        const stored = memento();
        const counted = { get: stored.get, update: (key: string, next: unknown) => stored.update(key, next, writes++) };
        const memory = createViewerMemory(counted);
        for (let i = 0; i < 5; i++)
            for (const name of ['Alice', 'Bob', 'Carol']) memory.note(name, { ...target, shareId: name });
        assert.equal(writes, 3);
        assert.equal(createViewerMemory(stored).find(viewerTabTitle('Bob'))?.shareId, 'Bob');
    });

    it('a screen without a device, and a damaged store, are no trouble', () => {
        const memory = createViewerMemory(memento('damaged'));
        memory.note('Room', { roomId: '!r', userId: undefined, deviceId: undefined, shareId: undefined });
        assert.deepEqual(memory.find(viewerTabTitle('Room')), { roomId: '!r' });
    });
});

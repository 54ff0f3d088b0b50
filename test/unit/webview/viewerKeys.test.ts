import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commandOf, type PressedKey } from '../../../src/webview/view/viewerKeys.ts';

const press = (patch: Partial<PressedKey>): PressedKey => ({
    code: '',
    key: '',
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    repeat: false,
    isComposing: false,
    ...patch,
});
const commandFor = (patch: Partial<PressedKey>, typing = false): string | undefined => commandOf(press(patch), typing);

describe('the keys of the viewer', () => {
    it('are found by their place on Cyrillic, Greek, Hebrew and Arabic keyboards', () => {
        for (const [code, keys, command] of [
            ['KeyS', 'ыσדس', 'snapshot'],
            ['KeyF', 'аφכب', 'fullScreen'],
            ['KeyI', 'шιןه', 'toggleStats'],
            ['KeyW', "цς'ص", 'whoCanSee'],
        ] as const)
            for (const key of keys) assert.equal(commandFor({ code, key }), command, `${code} ${key}`);
    });
    it('are found by what is printed where their place means nothing', () => {
        assert.equal(commandFor({ code: 'Semicolon', key: 's' }), 'snapshot'); // Dvorak
        assert.equal(commandFor({ code: 'KeyE', key: 'f' }), 'fullScreen'); // Colemak
        assert.equal(commandFor({ code: 'BracketRight', key: '+' }), 'zoomIn'); // German
        assert.equal(commandFor({ code: 'Slash', key: '-' }), 'zoomOut');
        assert.equal(commandFor({ code: '', key: 'F' }), 'fullScreen'); // a key that the system types
    });
    it('are digits also where those need Shift', () => {
        assert.equal(commandFor({ code: 'Digit0', key: 'à' }), 'fit');
        assert.equal(commandFor({ code: 'Digit1', key: '&' }), 'exact');
        assert.equal(commandFor({ code: 'Numpad0', key: '0' }), 'fit');
        assert.equal(commandFor({ code: 'Numpad0', key: 'Insert' }), undefined);
    });
    it('do nothing while typing or composing', () => {
        assert.equal(commandFor({ code: 'KeyS', key: 's' }, true), undefined);
        assert.equal(commandFor({ code: 'KeyS', key: 's', isComposing: true }), undefined);
    });
    it('leave chords to VS Code, but for those that would zoom the page', () => {
        assert.equal(commandFor({ code: 'KeyF', key: 'f', ctrlKey: true }), undefined);
        assert.equal(commandFor({ code: 'KeyS', key: 's', metaKey: true }), undefined);
        assert.equal(commandFor({ code: 'Digit1', key: '1', ctrlKey: true }), undefined);
        assert.equal(commandFor({ code: 'Equal', key: '=', ctrlKey: true }), 'zoomIn');
        assert.equal(commandFor({ code: 'Digit0', key: '0', metaKey: true }), 'fit');
        assert.equal(commandFor({ code: 'KeyI', key: 'i', altKey: true }), undefined);
    });
    it('held down, zoom on and do nothing else again', () => {
        assert.equal(commandFor({ code: 'Minus', key: '-', repeat: true }), 'zoomOut');
        assert.equal(commandFor({ code: 'KeyF', key: 'f', repeat: true }), undefined);
    });
});

import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createPlaceLine, type PlaceAction } from '../../../src/webview/view/placeLine.ts';

describe('the line under the picture', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'document');
    beforeEach(() => {
        const { document: value } = new JSDOM('').window;
        Object.defineProperty(globalThis, 'document', { value, configurable: true, writable: true });
    });
    afterEach(() => {
        if (before) Object.defineProperty(globalThis, 'document', before);
        else Reflect.deleteProperty(globalThis, 'document');
    });
    const open = () => {
        const actions: PlaceAction[] = [];
        const line = createPlaceLine((action) => actions.push(action));
        const buttons = (): (string | null)[] =>
            [...line.element.querySelectorAll('button')].filter(({ hidden }) => !hidden).map((one) => one.textContent);
        return { line, actions, buttons };
    };
    const text = 'src/app.ts 1-40, same commit as you';

    it('is not there until something is known, and not after', () => {
        const { line } = open();
        assert.equal(line.element.hidden, true);
        line.show({ line: { text, detail: 'All of it.', opens: true }, following: false });
        assert.equal(line.element.hidden, false);
        line.show({ line: null, following: false });
        assert.equal(line.element.hidden, true);
    });

    it('opens the place and follows the sharer', () => {
        const { line, actions, buttons } = open();
        line.show({ line: { text, detail: 'All of it.', opens: true }, following: false });
        assert.deepEqual(buttons(), [text, 'Follow']);
        for (const button of line.element.querySelectorAll('button')) button.click();
        assert.deepEqual(actions, ['openPlace', 'followSharer']);
        line.show({ line: { text, detail: 'All of it.', opens: true }, following: true });
        assert.deepEqual(buttons(), [text, 'Stop Following']);
        // The label says what a click does. A pressed "Stop Following" would say the opposite.
        assert.equal(line.element.querySelector('[aria-pressed]'), null);
    });

    it('is only words where there is nothing to open', () => {
        const { line, buttons } = open();
        line.show({ line: { text: 'Bob is in no file', detail: '', opens: false }, following: false });
        assert.deepEqual(buttons(), ['Follow']);
        assert.match(line.element.textContent ?? '', /Bob is in no file/u);
    });

    it('shows a path as text, whatever is in it', () => {
        const { line } = open();
        line.show({ line: { text: '<img src=x>.ts 1-2', detail: '<b>x</b>', opens: true }, following: false });
        assert.equal(line.element.querySelector('img, b'), null);
    });
});

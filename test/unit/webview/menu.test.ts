/** A menu at its button, in a real DOM: what ARIA's practices ask of it. */
import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { addMenu } from '../../../src/webview/ui/menu.ts';

const GLOBALS = ['window', 'document', 'Node', 'HTMLElement'] as const;

describe('a menu', () => {
    let dom: JSDOM;
    let button: HTMLButtonElement;
    let ran: string[];
    const real = GLOBALS.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
    const document = (): Document => dom.window.document;
    const focused = (): string | null => document().activeElement?.getAttribute('aria-label') ?? null;
    const press = (key: string): boolean =>
        document().activeElement?.dispatchEvent(
            new dom.window.KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
        ) ?? false;
    beforeEach(() => {
        dom = new JSDOM('<button aria-label="More"></button><input aria-label="after">');
        for (const name of GLOBALS)
            Object.defineProperty(globalThis, name, {
                value: name === 'window' ? dom.window : dom.window[name],
                configurable: true,
            });
        ran = [];
        button = document().querySelector('button') ?? assert.fail();
        addMenu(button, {
            label: 'Fruit',
            orientation: 'vertical',
            items: () =>
                ['Apple', 'Pear', 'Plum'].map((label) => ({
                    label,
                    ...(label === 'Pear' ? { checked: true } : {}),
                    run: () => void ran.push(label),
                })),
        });
    });
    afterEach(() => {
        dom.window.close();
        for (const [name, property] of real)
            if (property) Object.defineProperty(globalThis, name, property);
            else Reflect.deleteProperty(globalThis, name);
    });

    it('says that it is there, whether it is open, and what is on', () => {
        assert.equal(button.getAttribute('aria-haspopup'), 'menu');
        assert.equal(button.getAttribute('aria-expanded'), 'false');
        button.click();
        assert.equal(button.getAttribute('aria-expanded'), 'true');
        assert.equal(document().querySelector('[role=menu]')?.getAttribute('aria-label'), 'Fruit');
        const roles = [...document().querySelectorAll('.menuItem')].map((row) => row.getAttribute('role'));
        assert.deepEqual(roles, ['menuitem', 'menuitemcheckbox', 'menuitem']);
        assert.equal(document().querySelector('[aria-checked]')?.getAttribute('aria-checked'), 'true');
    });

    it('takes the focus, and moves it by arrows, Home, End and first letters, around its ends', () => {
        button.focus();
        press('ArrowDown');
        assert.equal(focused(), 'Apple');
        press('ArrowUp');
        assert.equal(focused(), 'Plum');
        press('ArrowDown');
        assert.equal(focused(), 'Apple');
        press('p');
        assert.equal(focused(), 'Pear');
        press('p');
        assert.equal(focused(), 'Plum');
        press('Home');
        assert.equal(focused(), 'Apple');
        press('End');
        assert.equal(focused(), 'Plum');
    });

    it('opens at its last entry by the arrow that leads up', () => {
        button.focus();
        press('ArrowUp');
        assert.equal(focused(), 'Plum');
    });

    it('closes by Escape, Tab, a choice and a click elsewhere, and gives the focus back', () => {
        for (const end of [
            () => press('Escape'),
            () => press('Tab'),
            () => document().querySelector<HTMLElement>('.menuItem')?.click(),
            () => button.click(),
        ]) {
            button.focus();
            button.click();
            end();
            assert.equal(document().querySelector('.menu'), null);
            assert.equal(button.getAttribute('aria-expanded'), 'false');
            assert.equal(focused(), 'More');
        }
        assert.deepEqual(ran, ['Apple']);
        button.click();
        const input = document().querySelector('input') ?? assert.fail();
        input.dispatchEvent(new dom.window.Event('pointerdown', { bubbles: true }));
        input.focus();
        assert.equal(document().querySelector('.menu'), null);
        assert.equal(focused(), 'after');
    });

    it('keeps its keys from what is around it, and leaves chords alone', () => {
        const heard: string[] = [];
        dom.window.addEventListener('keydown', (event) => heard.push(event.key));
        button.click();
        for (const key of ['s', 'Escape']) press(key);
        assert.deepEqual(heard, []);
        button.click();
        document().activeElement?.dispatchEvent(
            new dom.window.KeyboardEvent('keydown', { key: 'p', ctrlKey: true, bubbles: true }),
        );
        assert.deepEqual(heard, ['p']);
    });
});

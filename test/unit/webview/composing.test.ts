/** Keys of input methods, as browsers send them. */
import assert from 'node:assert/strict';
import { JSDOM } from 'jsdom';
import { describe, it } from 'mocha';
import { watchComposing } from '../../../src/webview/ui/composing.ts';

describe('an input method', () => {
    const { window } = new JSDOM('<textarea></textarea>');
    const field = window.document.querySelector('textarea') ?? assert.fail('no field');
    const composing = watchComposing(field);
    const key = (init: KeyboardEventInit): KeyboardEvent =>
        new window.KeyboardEvent('keydown', { key: 'Enter', ...init });

    it('has the keys of a composition, however the browser marks them', () => {
        assert.ok(!composing(key({ keyCode: 13 })));
        assert.ok(composing(key({ keyCode: 13, isComposing: true })), 'Chromium and Firefox');
        assert.ok(composing(key({ keyCode: 229 })), 'Safari, after the composition');
        assert.ok(composing(key({ key: 'Process', keyCode: 0 })), 'older methods of Windows');
        field.dispatchEvent(new window.CompositionEvent('compositionstart'));
        assert.ok(composing(key({ keyCode: 13 })), 'a method that marks nothing');
        field.dispatchEvent(new window.CompositionEvent('compositionend'));
        assert.ok(!composing(key({ keyCode: 13 })));
        field.dispatchEvent(new window.CompositionEvent('compositionstart'));
        field.dispatchEvent(new window.FocusEvent('blur'));
        assert.ok(!composing(key({ keyCode: 13 })), 'the field was left in the middle of a word');
    });
});

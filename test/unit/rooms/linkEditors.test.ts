import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'mocha';
import { linkEditorSetting } from '../../../src/extension/manifest/config.ts';
import { parseJoinLink, type RoomLink } from '../../../src/core/rooms/joinLink.ts';
import { isLinkEditor, joinLinkText, LINK_EDITORS } from '../../../src/core/rooms/linkEditors.ts';

const LINK: RoomLink = { target: { room: '!pair:hs.org', via: ['hs.org'] }, from: '@alice:hs.org' };
const editors = Object.keys(LINK_EDITORS).filter(isLinkEditor);

describe('the editor that a join link is for', () => {
    it('is one that the settings offer, and each has a description there', () => {
        const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
            contributes: {
                configuration: { properties: Record<string, { enum: string[]; enumDescriptions: string[] }> };
            };
        };
        const setting = manifest.contributes.configuration.properties['hush.link.editor'];
        assert.deepEqual(setting?.enum, editors);
        assert.equal(setting?.enumDescriptions.length, editors.length);
    });

    it('opens it by the name it has in the system, and Hush reads every kind back', () => {
        for (const editor of editors) {
            const text = joinLinkText(editor, LINK, 'code-oss');
            const parsed = parseJoinLink(text);
            assert.ok(parsed.kind === 'room', editor);
            assert.deepEqual(parsed.target, LINK.target);
            const scheme = { this: 'code-oss', any: 'https' }[editor as string] ?? editor;
            assert.ok(text.includes(`${scheme}://`), text);
            assert.ok(editor === 'any' || text.startsWith(scheme), text);
        }
    });

    it('is VS Code where the setting is none of them', () => {
        for (const value of [undefined, 7, '', 'vim', 'toString', '__proto__'])
            assert.equal(linkEditorSetting({ get: () => value }), 'vscode');
        assert.equal(linkEditorSetting({ get: () => 'any' }), 'any');
    });
});

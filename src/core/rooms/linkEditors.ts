/**
 * Which editor a join link opens in. It is the teammate's editor, which may differ from the one that copies the link.
 */
import { buildJoinLink, type RoomLink } from './joinLink.ts';

/** Values of `hush.link.editor`. The scheme is the one that the editor registers with the system. */
export const LINK_EDITORS = {
    vscode: { name: 'VS Code', scheme: 'vscode' },
    'vscode-insiders': { name: 'VS Code Insiders', scheme: 'vscode-insiders' },
    vscodium: { name: 'VSCodium', scheme: 'vscodium' },
    cursor: { name: 'Cursor', scheme: 'cursor' },
    windsurf: { name: 'Windsurf', scheme: 'windsurf' },
    /** The editor that copies, whatever its name is. */
    this: { name: 'this editor', scheme: undefined },
    /** A web link with a line that explains how to use it. */
    any: { name: 'any editor', scheme: undefined },
} as const;
export type LinkEditor = keyof typeof LINK_EDITORS;

export function isLinkEditor(value: string): value is LinkEditor {
    return Object.hasOwn(LINK_EDITORS, value);
}

/** The text for the clipboard. `ownScheme`: of the editor that copies. Hush can read each of these texts back. */
export function joinLinkText(editor: LinkEditor, link: RoomLink, ownScheme: string): string {
    if (editor !== 'any') return buildJoinLink('vscode', link, LINK_EDITORS[editor].scheme ?? ownScheme);
    const web = buildJoinLink('matrixTo', link, ownScheme);
    return `Join my Hush session (in your editor, run “Hush: Join by Link…” and paste this): ${web}`;
}

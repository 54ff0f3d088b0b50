/** The menus of the tree's rows: whatever the mouse can do there, the keyboard can. */
import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { commands } from '../../../src/extension/manifest/commands.ts';
import { rowFlags, rows } from '../../../src/extension/manifest/contexts.ts';
import { firstAction } from '../../../src/extension/tree/firstAction.ts';
import { manifest, type MenuEntry } from './manifest.ts';
import { holds } from './whenClause.ts';

const { menus, commands: declared, keybindings } = manifest.contributes;
const entries = menus['view/item/context'] ?? [];
const isInline = ({ group }: MenuEntry): boolean => group?.startsWith('inline') ?? false;

const PLAIN: readonly string[] = [rows.invite, rows.knocking, rows.replaced, rows.ownShare];
/** Every row there can be: each kind without a flag; and those that have some, with each and with all of them. */
const contexts = Object.values(rows).flatMap((row) => [
    row,
    ...(PLAIN.includes(row) ? [] : [...Object.values(rowFlags), Object.values(rowFlags).join('')]).map(
        (flags) => row + flags,
    ),
]);
const offered = (context: string, sharing: boolean): readonly MenuEntry[] =>
    entries.filter(({ when }) =>
        holds(when, { view: 'hush.sessions', viewItem: context, 'hush.sharing': sharing, 'hush.account': 'ready' }),
    );
/** In the order in which VS Code draws the buttons of a row. */
const buttons = (context: string, sharing: boolean): string[] =>
    offered(context, sharing)
        .filter(isInline)
        .toSorted((a, b) => ((a.group ?? '') < (b.group ?? '') ? -1 : 1))
        .map(({ command }) => command);

describe('the rows of the tree', () => {
    it('every button of a row is in the menu of the row, too', () => {
        let seen = 0;
        for (const context of contexts) {
            for (const sharing of [false, true]) {
                const menu = offered(context, sharing).filter((entry) => !isInline(entry));
                for (const command of buttons(context, sharing)) {
                    seen++;
                    assert.ok(
                        menu.some((entry) => entry.command === command),
                        `${command} of ${context}`,
                    );
                }
            }
        }
        assert.ok(seen > 50);
    });

    it('Enter on a row does what its first button does, and opens or closes a room', () => {
        const [enter, ...more] = keybindings.filter(({ command }) => command === commands.actOnRow);
        assert.equal(enter?.key, 'enter');
        assert.match(enter?.when ?? '', /^focusedView == hush\.sessions && listFocus && !inputFocus$/u);
        assert.deepEqual(more, []);
        /** These have a command of their own in VS Code: to watch, or to show the menu of the share. */
        const byItself = [rows.share, rows.ownShare, rows.caller];
        for (const context of contexts) {
            const [row = ''] = context.split('+');
            const known = byItself.some((kind) => kind === row) || row.startsWith(rows.room) || row === rows.member;
            assert.equal(firstAction(context), known ? undefined : buttons(context, false)[0], context);
        }
        // So that no kind of row is forgotten above.
        assert.equal(firstAction(rows.invite), commands.acceptInvite);
        assert.equal(firstAction(`${rows.knock}+invite+remove`), commands.acceptKnock);
        assert.equal(firstAction(`${rows.knock}+remove`), commands.denyKnock);
    });

    it('the menu of a room that lets us invite has Invite Teammate…', () => {
        const menu = offered(`${rows.roomInSession}+invite`, false).filter((entry) => !isInline(entry));
        assert.ok(menu.some(({ command }) => command === commands.inviteTeammate));
    });

    it('no two buttons that stand side by side look alike', () => {
        const iconOf = (command: string): string => declared.find((c) => c.command === command)?.icon ?? command;
        const alike = (ids: readonly string[]): string[] => {
            const icons = ids.map(iconOf);
            return ids.filter((_, i) => icons.indexOf(icons[i] ?? '') !== i);
        };
        for (const context of contexts) assert.deepEqual(alike(buttons(context, false)), [], context);
        const title = (menus['view/title'] ?? []).filter(({ group }) => group?.startsWith('navigation'));
        assert.deepEqual(alike([...new Set(title.map(({ command }) => command))]), []);
        assert.notEqual(iconOf(commands.leaveSession), iconOf(commands.callTeammate));
    });
});

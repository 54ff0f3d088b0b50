/** The pointers that this window shows: in its editors and in the status bar, until their time is over. */
import { posix } from 'node:path';
import * as vscode from 'vscode';
import { Turns } from '../../core/base/turns.ts';
import { placeOf } from '../../core/chat/codePointer.ts';
import { POINTER_MS, type FreshPointer } from '../../core/chat/freshPointers.ts';
import { DisposableScope } from '../../core/base/disposable.ts';
import type { WorkspaceLink } from '../../core/rooms/room.ts';
import { commands } from '../manifest/commands.ts';
import { contexts } from '../manifest/contexts.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { createPointerLook, linesOf, type LookedAt } from './pointerLook.ts';
import { fileIn, sessionRoots } from './sessionRoots.ts';

export interface ShownPointers extends vscode.Disposable {
    /** Shows it if this window has the file. The person's earlier pointer ends. */
    show(fresh: FreshPointer, links: readonly WorkspaceLink[]): Promise<void>;
    goTo(): Promise<void>;
    keep(): void;
    remove(): void;
}

interface Shown extends LookedAt {
    readonly uri: vscode.Uri;
    /** Undefined: it is kept. */
    timer: NodeJS.Timeout | undefined;
}

export function createShownPointers(): ShownPointers {
    const scope = new DisposableScope();
    const look = scope.add(createPointerLook());
    const item = scope.add(vscode.window.createStatusBarItem('hush.pointer', vscode.StatusBarAlignment.Left, 997));
    item.name = 'Hush: Go to Pointer';
    item.command = commands.goToPointer;
    /** By user ID, the newest last. */
    const shown = new Map<string, Shown>();
    const turns = new Turns();

    const draw = (): void => {
        for (const editor of vscode.window.visibleTextEditors) {
            const at = editor.document.uri.toString();
            look.draw(
                editor,
                [...shown.values()].filter(({ uri }) => uri.toString() === at),
            );
        }
    };
    const changed = (): void => {
        draw();
        const newest = [...shown.values()].at(-1);
        void vscode.commands.executeCommand('setContext', contexts.pointers, newest !== undefined);
        if (!newest) return item.hide();
        const { name, pointer } = newest;
        const short = placeOf({ ...pointer, path: posix.basename(pointer.path), to: pointer.from });
        item.text = `$(location) ${plainName(name)} points at ${plainText(short, 80)}`;
        const tooltip = plainText(`Go to ${placeOf(pointer)}, where ${plainName(name)} points`, 400);
        item.tooltip = tooltip;
        item.accessibilityInformation = { label: tooltip };
        item.show();
    };
    const end = (sender: string): void => {
        clearTimeout(shown.get(sender)?.timer);
        shown.delete(sender);
    };
    const remove = (): void => {
        for (const sender of [...shown.keys()]) end(sender);
        changed();
    };
    scope.add(vscode.window.onDidChangeVisibleTextEditors(draw));
    scope.defer(remove);
    return {
        show: (fresh, links) =>
            // The newest counts, however long each file takes to be found.
            turns.take(fresh.sender, async () => {
                const { sender, pointer } = fresh;
                const found = await fileIn(await sessionRoots(links), pointer.path, pointer.commit);
                end(sender);
                if (found) {
                    const timer = setTimeout(() => {
                        end(sender);
                        changed();
                    }, POINTER_MS);
                    shown.set(sender, { ...fresh, uri: found.uri, commitHere: found.root.commit, timer });
                }
                changed();
            }),
        async goTo() {
            const newest = [...shown.values()].at(-1);
            if (!newest) return;
            const document = await vscode.workspace.openTextDocument(newest.uri);
            const editor = await vscode.window.showTextDocument(document);
            const range = linesOf(document, newest);
            editor.selection = new vscode.Selection(range.start, range.start);
            editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
        },
        keep() {
            for (const one of shown.values()) {
                clearTimeout(one.timer);
                one.timer = undefined;
            }
        },
        remove,
        dispose: () => scope.dispose(),
    };
}

/** "Point Here": shows the selected lines, or the cursor's, in the editors of the others. */
import * as vscode from 'vscode';
import { newPointer, placeOf } from '../../core/chat/codePointer.ts';
import { HushError } from '../../core/base/errors.ts';
import { hasTrust } from '../changes/openRepositories.ts';
import { lastLineOf, placeMessage } from '../chat/editorMessages.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';
import { setStatusBarMessage } from '../shell/dialogs.ts';
import { mayTell } from '../pairing/mayTell.ts';
import { placeIn, sessionRoots } from './sessionRoots.ts';

/** `mayNow`: whether the person may point now (ms), so that they do not point too often. */
export async function pointHere(context: ActionContext, mayNow: (now: number) => boolean): Promise<void> {
    signedIn(context);
    const { roomId } = context.chat.target();
    const editor = vscode.window.activeTextEditor;
    if (!editor) throw new HushError('point.nothing', 'Open a file and select the lines that you want to point at.');
    const { document, selection } = editor;
    const [from, to] = [selection.start.line + 1, lastLineOf(selection.start, selection.end) + 1];
    if (!mayTell(document.uri))
        throw new HushError(
            'point.secret',
            'By its name, or by your setting "hush.shield.patterns", this file holds secrets. The others’ windows would not open it.',
        );
    if (!(await hasTrust('Pointing at code'))) return;
    const room = context.model.rooms.find((one) => one.roomId === roomId);
    const place = await placeIn(await sessionRoots(room?.workspaces ?? []), document.uri);
    if (!place)
        throw new HushError(
            'point.outside',
            'This file is not in the session’s repository, so the others have no such file. Send its lines with "Hush: Send Selection to Session".',
        );
    const pointer = newPointer({ path: place.path, from, to, commit: place.root.commit });
    if (!pointer) throw new HushError('point.outside', 'Others cannot open this file by its name.');
    // The person may choose another session while a dialog waits for them.
    if (context.chat.target().roomId !== roomId)
        throw new HushError('point.moved', 'You chose another session meanwhile. Nothing was sent. Point again.');
    if (!mayNow(performance.now())) return setStatusBarMessage('clock', 'Wait a second, then point again', 2_000);
    context.chat.point(`points at ${placeMessage(pointer.path, from, to)}`, pointer);
    setStatusBarMessage('location', `The others see ${placeOf(pointer)}`, 4_000);
}

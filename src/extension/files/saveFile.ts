/** Saves an attachment where the person says, with progress in a notification that can cancel it. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import * as vscode from 'vscode';
import { HushError, isHushError } from '../../core/base/errors.ts';
import { setStatusBarMessage, withProgress } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';
import { safeFileName } from '../../core/files/fileName.ts';
import type { FilesPort } from '../../core/files/filesPort.ts';

export interface Saving {
    readonly files: FilesPort;
    readonly roomId: string;
    readonly eventId: string;
    /** As its sender named it. */
    readonly name: string;
}

/** Where the last one was saved, in this window. */
let lastFolder: vscode.Uri | undefined;

/** Ends without a word when the person chose no place, or cancelled. @throws HushError `file.*`, `network.*`. */
export async function saveFile({ files, roomId, eventId, name }: Saving): Promise<void> {
    const folder = lastFolder ?? vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
    const target = await vscode.window.showSaveDialog({
        defaultUri: vscode.Uri.joinPath(folder, safeFileName(name)),
        title: 'Save File from Session',
    });
    if (!target) return;
    lastFolder = vscode.Uri.joinPath(target, '..');
    const transfer = `save.${randomUUID()}`;
    await withProgress(
        { location: vscode.ProgressLocation.Notification, title: `Saving ${plainName(name)}`, cancellable: true },
        async (progress, token) => {
            let before = 0;
            const watching = files.onProgress(({ transfer: of, done, total }) => {
                if (of !== transfer || total === 0) return;
                const percent = (done / total) * 100;
                progress.report({ increment: percent - before });
                before = percent;
            });
            const cancelling = token.onCancellationRequested(() => files.cancel(transfer));
            try {
                await put(target, (path) => files.save(roomId, eventId, path, transfer));
                setStatusBarMessage('check', `Saved ${plainName(posix.basename(target.path))}`, 5_000);
            } catch (error) {
                if (!isHushError(error) || error.code !== 'file.cancelled') throw error;
            } finally {
                watching.dispose();
                cancelling.dispose();
            }
        },
    );
}

/** A place that is not on this machine gets the whole file in the end. */
async function put(target: vscode.Uri, save: (path: string) => Promise<void>): Promise<void> {
    if (target.scheme === 'file') return save(target.fsPath);
    const folder = await mkdtemp(join(tmpdir(), 'hush-')); // for the person alone (0700), as it comes out decrypted
    const path = join(folder, 'file');
    try {
        await save(path);
        await vscode.workspace.fs.copy(vscode.Uri.file(path), target, { overwrite: true });
    } catch (cause) {
        if (isHushError(cause)) throw cause;
        throw new HushError('file.notSaved', 'The file could not be written there. Choose another place.', { cause });
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

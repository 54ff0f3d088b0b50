/** Saves an attachment where the person chooses. A notification shows the progress and can cancel it. */
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
    /** The file name that the sender gave. */
    readonly name: string;
}

/** The folder of the last saved file in this window. */
let lastFolder: vscode.Uri | undefined;

/** Returns without a message if the person chose no place or cancelled. @throws HushError `file.*`, `network.*`. */
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

/** A place on another machine gets the whole file at the end. */
async function put(target: vscode.Uri, save: (path: string) => Promise<void>): Promise<void> {
    if (target.scheme === 'file') return save(target.fsPath);
    const folder = await mkdtemp(join(tmpdir(), 'hush-')); // only the person can read it (0700), because it is decrypted
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

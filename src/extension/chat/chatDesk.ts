/**
 * The commands that send code and files, and the files that messages name. They need VS Code and the disk. A bundle of
 * its own, loaded on first use.
 */
import { openChat, sendProblem, sendSelection } from './chatCommands.ts';
import { sendFile } from './sendFile.ts';
import { sendSelectionFile, sendSnapshot } from './sendSnapshot.ts';
import { createChatFiles } from './chatFiles.ts';
import { existingPaths, openReference } from './openReference.ts';

export {
    createChatFiles,
    existingPaths,
    openChat,
    openReference,
    sendFile,
    sendProblem,
    sendSelection,
    sendSelectionFile,
    sendSnapshot,
};

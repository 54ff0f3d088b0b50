/** What handing code and files around needs of VS Code and of the disk. Its own bundle, loaded when first needed. */
import { openChat, sendProblem, sendSelection } from './chatCommands.ts';
import { sendFile } from './sendFile.ts';
import { sendSelectionFile, sendSnapshot } from './sendSnapshot.ts';
import { createChatFiles } from './chatFiles.ts';

export { createChatFiles, openChat, sendFile, sendProblem, sendSelection, sendSelectionFile, sendSnapshot };

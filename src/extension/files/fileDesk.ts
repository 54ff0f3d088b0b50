/** What handing code and files around needs of VS Code and of the disk. Its own bundle, loaded when first needed. */
import { openChat, sendProblem, sendSelection } from '../actions/chat.ts';
import { sendFile } from '../actions/files.ts';
import { sendSelectionFile, sendSnapshot } from '../actions/snapshots.ts';
import { createChatFiles } from '../chat/chatFiles.ts';

export { createChatFiles, openChat, sendFile, sendProblem, sendSelection, sendSelectionFile, sendSnapshot };

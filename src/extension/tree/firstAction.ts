/**
 * The action of Enter on a row that opens nothing itself. A unit test compares it with the first button of each row.
 * Pure.
 */
import { commands, type CommandId } from '../manifest/commands.ts';
import { rowFlags, rows } from '../manifest/contexts.ts';

/**
 * `context`: the context value of the row with its flags. Returns undefined if VS Code's own Enter does all, for
 * example opens a room.
 */
export function firstAction(context: string): CommandId | undefined {
    const [row] = context.split('+');
    switch (row) {
        case rows.invite:
            return commands.acceptInvite;
        case rows.knocking:
            return commands.withdrawKnock;
        case rows.replaced:
            return commands.followUpgrade;
        case rows.knock:
            if (context.includes(rowFlags.invite)) return commands.acceptKnock;
            return context.includes(rowFlags.remove) ? commands.denyKnock : undefined;
        default:
            return undefined;
    }
}

/** What Enter does on a row that opens nothing by itself. A unit test holds it against the first button of each row. Pure. */
import { commands, type CommandId } from '../manifest/commands.ts';
import { rowFlags, rows } from '../manifest/contexts.ts';

/** `context`: of the row, with its flags. Undefined: VS Code's own Enter is all there is, such as opening a room. */
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

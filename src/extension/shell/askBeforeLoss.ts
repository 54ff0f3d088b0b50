/** Asks before an action that cannot be undone. */
import { showWarningMessage } from './dialogs.ts';

/**
 * VS Code gives Enter to the first button and adds Cancel. So the safe choice is the first button, and the loss is the
 * second.
 */
export function askBeforeLoss<Safe extends string, Loss extends string>(
    text: string,
    detail: string,
    safe: Safe,
    loss: Loss,
): Thenable<Safe | Loss | undefined> {
    return showWarningMessage<Safe | Loss>(text, { modal: true, detail }, safe, loss);
}

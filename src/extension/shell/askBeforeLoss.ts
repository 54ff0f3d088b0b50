/** A question before something that cannot be taken back. */
import { showWarningMessage } from './dialogs.ts';

/**
 * VS Code gives Enter to the first button of a question, and calls what closes it Cancel. So the way that loses nothing
 * comes first, and what is lost takes a second look.
 */
export function askBeforeLoss<Safe extends string, Loss extends string>(
    text: string,
    detail: string,
    safe: Safe,
    loss: Loss,
): Thenable<Safe | Loss | undefined> {
    return showWarningMessage<Safe | Loss>(text, { modal: true, detail }, safe, loss);
}

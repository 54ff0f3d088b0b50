/** Runs one dialog about accounts at a time. */
import { showInformationMessage } from '../shell/dialogs.ts';

/** A second request for the same dialog joins it; another dialog is refused until it ends. */
export function createOneDialog(): (what: string, work: () => Promise<void>) => Promise<void> {
    let asking: { readonly what: string; readonly done: Promise<void> } | undefined;

    return async (what, work) => {
        if (asking && asking.what !== what)
            return void showInformationMessage('Signing in is already under way. Finish it or cancel it first.');
        asking ??= {
            what,
            done: work().finally(() => {
                asking = undefined;
            }),
        };
        await asking.done;
    };
}

/** Ignoring people, and **Hush: Ignored People…** to listen to them again. */
import { typedUserId } from '../../core/base/typedNames.ts';
import { setStatusBarMessage, showQuickPick, showWarningMessage } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';
import { askText, waited } from '../shell/asking.ts';
import { signedIn, type ActionContext } from '../shell/actionContext.ts';

interface Named {
    readonly userId: string;
    readonly name: string;
}

export async function setIgnored(context: ActionContext, { userId, name }: Named, ignored: boolean): Promise<void> {
    const { account } = signedIn(context);
    const ignore = 'Ignore';
    const detail =
        'Their messages and invitations are kept away from all of your devices. They are not told. In rooms that you share they stay, and can see what you share there: to stop that, remove them or leave.';
    if (ignored) {
        const text = `Ignore ${plainName(name)} (${plainText(userId, 300)})?`;
        if ((await showWarningMessage(text, { modal: true, detail }, ignore)) !== ignore) return;
    }
    const doing = ignored ? `Ignoring ${plainName(name)}…` : `Hearing from ${plainName(name)} again…`;
    if (!(await waited(doing, () => account.roomAdmin.setIgnored(userId, ignored)))) return;
    setStatusBarMessage(
        ignored ? 'mute' : 'unmute',
        ignored ? `You ignore ${name}` : `You hear from ${name} again`,
        5_000,
    );
}

/** Shows the list again after each change, until the person closes it. */
export async function ignoredPeople(context: ActionContext): Promise<void> {
    const { account } = signedIn(context);
    const more = '$(add) Ignore somebody by user ID…';
    for (;;) {
        const ignored = account.roomAdmin.ignored();
        const items = Promise.all([ignored, account.people()]).then(([ids, people]) => [
            ...ids.map((userId) => {
                const name = people.find((p) => p.userId === userId)?.name ?? userId;
                const label = `$(mute) ${plainName(name)}`;
                return { label, description: plainText(userId, 300), detail: 'Enter stops ignoring', userId, name };
            }),
            { label: more, alwaysShow: true, userId: undefined, name: '' },
        ]);
        const picked = await showQuickPick(items, {
            title: 'Ignored People',
            placeHolder: 'Choose somebody to hear from them again',
            matchOnDescription: true,
        });
        if (!picked) return;
        if (picked.userId !== undefined) await setIgnored(context, { ...picked, userId: picked.userId }, false);
        else {
            const typed = await askText({
                title: 'Ignore Somebody',
                prompt: 'Their user ID, like @name:server.org',
                check: (value) =>
                    Promise.resolve(typedUserId(value) ? undefined : 'A user ID looks like @name:server.org'),
            });
            const userId = typedUserId(typed ?? '');
            if (userId !== undefined) await setIgnored(context, { userId, name: userId }, true);
        }
    }
}

/** The dialogs of user-interactive authentication, one per stage. `src/core/account/uia.ts` decides the order. */
import * as vscode from 'vscode';
import type { Elsewhere, UiaPrompts } from '../../core/account/runUia.ts';
import type { PolicyDocument } from '../../core/account/uia.ts';
import { askText, openPage } from '../shell/asking.ts';
import { createQuickPick, showInformationMessage, showQuickPick } from '../shell/dialogs.ts';
import { plainName, plainText } from '../shell/plainText.ts';

/**
 * ms between two checks whether the person has finished in the mail or the browser. The pause grows up to the maximum.
 */
const LOOK_MS = 1_500;
const LOOK_AT_MOST_MS = 10_000;
/** After this time in ms, Hush takes the person as gone. */
const PATIENCE_MS = 3_600_000;

export function createUiaPrompts(title: string, who: string): UiaPrompts {
    const needed = (what: string) => (value: string) => Promise.resolve(value.trim() === '' ? what : undefined);
    const trimmed = async (answer: Promise<string | undefined>): Promise<string | undefined> => (await answer)?.trim();
    return {
        languages: [vscode.env.language.toLowerCase(), vscode.env.language.replace(/-.*$/u, '')],
        password: (problem) =>
            askText({ title, prompt: `Password of ${who}, to show that it is you`, password: true, problem }),
        registrationToken: (problem) =>
            trimmed(
                askText({
                    title,
                    prompt: 'This server makes accounts for people with a registration token. Its administrator gives you one.',
                    placeHolder: 'Registration token',
                    problem,
                    check: needed('Type the registration token.'),
                }),
            ),
        emailAddress: (problem) =>
            trimmed(
                askText({
                    title,
                    prompt: 'The server wants to know an e-mail address of yours, and sends a link there.',
                    placeHolder: 'you@example.org',
                    problem,
                    check: (value) =>
                        Promise.resolve(/^\S+@\S+$/u.test(value.trim()) ? undefined : 'Type an e-mail address.'),
                }),
            ),
        terms: (documents) => askTerms(title, who, documents),
        elsewhere: (task, look) => waitElsewhere(title, task, look),
    };
}

interface TermsRow extends vscode.QuickPickItem {
    readonly document?: PolicyDocument;
}

/** The person can open every document here. The consent covers all of them at once. */
async function askTerms(title: string, who: string, documents: readonly PolicyDocument[]): Promise<boolean> {
    const rows: TermsRow[] = [
        ...documents.map((document) => ({
            label: `$(link-external) Read: ${plainName(document.name)}`,
            description: `version ${plainName(document.version)}`,
            detail: plainText(document.url, 300),
            document,
        })),
        { label: '', kind: vscode.QuickPickItemKind.Separator },
        {
            label: `$(check) I accept ${documents.length === 1 ? 'it' : `all ${documents.length}`}`,
            description: `for ${who}`,
        },
    ];
    for (;;) {
        const chosen = await showQuickPick(rows, {
            title,
            placeHolder: 'This server has terms. Read them, then accept or press Escape.',
            ignoreFocusOut: true,
        });
        if (!chosen) return false;
        if (!chosen.document) return true;
        await openPage(chosen.document.url);
    }
}

const STAGES: Readonly<Record<string, string>> = {
    'm.login.recaptcha': 'the “I am not a robot” question (reCAPTCHA)',
    'm.login.sso': 'the single sign-on of your server',
    'm.login.msisdn': 'the question about your telephone',
};

/** Continues without a click as soon as the server reports success. */
async function waitElsewhere(title: string, task: Elsewhere, look: () => Promise<boolean>): Promise<boolean | 'again'> {
    const { promise, resolve, reject } = Promise.withResolvers<boolean | 'again'>();
    const pick = createQuickPick();
    const done = '$(check) I have done it';
    const again =
        task.kind === 'mail' ? '$(mail) Send it again, or to another address' : '$(globe) Open the page again';
    Object.assign(pick, {
        title,
        ignoreFocusOut: true,
        busy: true,
        placeholder:
            task.kind === 'mail'
                ? `Open the link in the mail to ${task.address}. Hush goes on by itself.`
                : `Your browser asks ${STAGES[task.stage] ?? `one thing more (${task.stage})`}. Hush goes on by itself.`,
        items: [{ label: done }, { label: again, alwaysShow: true }],
    });
    let timer: NodeJS.Timeout | undefined;
    const end = performance.now() + PATIENCE_MS;
    let pause = LOOK_MS;
    let open = true;
    let looking = false;
    const check = async (): Promise<void> => {
        clearTimeout(timer);
        if (looking || !open) return;
        looking = true;
        try {
            if (await look()) return resolve(true);
        } catch (error) {
            return reject(error);
        } finally {
            looking = false;
        }
        pause = Math.min(LOOK_AT_MOST_MS, pause * 1.2);
        if (performance.now() > end) return resolve(false);
        if (open) timer = setTimeout(() => void check(), pause);
    };
    pick.onDidAccept(() => {
        const label = pick.selectedItems[0]?.label;
        pause = LOOK_MS;
        if (label === done) return void check();
        if (task.kind === 'mail') return resolve('again');
        void openPage(task.url);
    });
    // Any other palette hides this one, and the person may use many while they wait for a mail. So the wait goes on.
    pick.onDidHide(() => {
        if (!open) return;
        const [show, giveUp] = ['Show', 'Give Up'] as const;
        const text = `${title} waits for ${task.kind === 'mail' ? `the link in the mail to ${task.address}` : 'your browser'}.`;
        void showInformationMessage(text, show, giveUp).then((chosen) => {
            if (!open) return;
            if (chosen === show) pick.show();
            if (chosen === giveUp) resolve(false);
        });
    });
    pick.show();
    if (task.kind === 'browser') void openPage(task.url);
    timer = setTimeout(() => void check(), pause);
    try {
        return await promise;
    } finally {
        open = false;
        clearTimeout(timer);
        pick.dispose();
    }
}

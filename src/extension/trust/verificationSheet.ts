/** The content of the tab of an emoji verification, step by step. Pure. */
import type { Sheet } from '../../core/page/sheet.ts';
import type { CancelReason, Verification } from '../../core/trust/trustPort.ts';

type Shown = Pick<Verification, 'name' | 'userId' | 'deviceId' | 'self' | 'startedHere' | 'state'>;

const CANCELLED: Readonly<Record<CancelReason, (who: string) => string>> = {
    byUs: () => 'You cancelled it. Nothing was changed.',
    byThem: (who) => `It was cancelled by ${who}. Nothing was changed.`,
    declined: (who) => `The request was declined by ${who}.`,
    timeout: (who) => `There was no answer from ${who} in time. Try again when you are both there.`,
    mismatch: (who) =>
        `The emoji were not the same. Somebody may be between you and ${who}, or one of you compared another verification. Nothing was verified: talk to each other over another channel before you try again.`,
    keyMismatch: (who) =>
        `The keys that came from ${who} did not fit what was agreed on. That must not happen: your homeserver, or somebody between you, may have changed them. Nothing was verified.`,
    elsewhere: () => 'It was taken on another of your devices. Go on there.',
    unknownMethod: (who) => `The client of ${who} does not offer verification by emoji.`,
    windowGone: () =>
        'The window of VS Code that held your account was closed, and the verification with it. Nothing was changed.',
    failed: (who) => `The client of ${who} ended it because of a problem. Try again; "Hush: Show Log" has the details.`,
};

/** Returns why the verification is over, or undefined while it waits for an answer. */
export function overSentence({ name, self, state }: Pick<Shown, 'name' | 'self' | 'state'>): string | undefined {
    const who = self ? 'your other device' : name;
    if (state.kind === 'cancelled') return `The verification is over. ${CANCELLED[state.reason](who)}`;
    return state.kind === 'done' ? `You and ${who} are verified already.` : undefined;
}

export function verificationSheet(verification: Shown): Sheet {
    const { name, userId, deviceId, self, startedHere, state } = verification;
    const who = self ? 'your other device' : name;
    const title = self ? 'Verify your devices' : `Verify ${name}`;
    const about = self
        ? 'When both of your devices show the same emoji, they trust each other, and teammates who share with verified devices show this one their screen.'
        : `When both of you see the same emoji, you know that no one is between you and ${name} (${userId}).`;
    const base: Sheet = { title, lead: '', tone: 'plain', blocks: [], buttons: [], status: '' };
    const cancel = { id: 'cancel', label: 'Cancel', primary: false };
    switch (state.kind) {
        case 'asked':
            return {
                ...base,
                lead: self
                    ? `Another device of yours${deviceId === undefined ? '' : ` (${deviceId})`} asks to be verified. Go on only if you started that yourself.`
                    : `${name} (${userId}) asks you to verify each other.`,
                blocks: [{ kind: 'text', text: about }],
                buttons: [
                    { id: 'accept', label: 'Start', primary: true },
                    { ...cancel, label: 'Decline' },
                ],
            };
        case 'waiting':
            return {
                ...base,
                lead: startedHere
                    ? self
                        ? 'Open Hush or another Matrix client on a device of yours that is verified, and accept the request there.'
                        : `Waiting until ${name} accepts, in Hush or another Matrix client.`
                    : `Waiting until ${who} goes on.`,
                blocks: [{ kind: 'text', text: about }],
                buttons: [cancel],
                status: 'Waiting…',
            };
        case 'comparing':
            return {
                ...base,
                lead: self
                    ? 'Are these emoji, in this order, on the other device too?'
                    : `Does ${name} see these emoji, in this order? Ask in person, or on a call where you know the voice.`,
                blocks: [{ kind: 'emoji', items: state.emoji.map((e) => ({ ...e })) }],
                buttons: [
                    { id: 'match', label: 'They Match', primary: true },
                    { id: 'mismatch', label: 'They Don’t Match', primary: false },
                ],
                status: `Compare: ${state.emoji.map((e) => e.name).join(', ')}.`,
            };
        case 'confirming':
            return {
                ...base,
                lead: `You said that they match. Waiting until ${who} says so too.`,
                buttons: [cancel],
                status: 'Waiting…',
            };
        case 'done':
            return {
                ...base,
                tone: 'good',
                lead: self ? 'Your devices have verified each other.' : `You and ${name} have verified each other.`,
                buttons: [{ id: 'close', label: 'Close', primary: true }],
                status: 'Verified.',
            };
        case 'cancelled': {
            const bad = state.reason === 'mismatch' || state.reason === 'keyMismatch';
            return {
                ...base,
                tone: bad ? 'bad' : 'warn',
                title: bad ? `${title}: do not go on` : `${title}: not done`,
                lead: CANCELLED[state.reason](who),
                buttons: [
                    ...(startedHere && state.reason !== 'elsewhere'
                        ? [{ id: 'retry', label: 'Try Again', primary: !bad }]
                        : []),
                    { id: 'close', label: 'Close', primary: bad },
                ],
                status: 'Not verified.',
            };
        }
    }
}

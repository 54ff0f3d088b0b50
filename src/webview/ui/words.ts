/** The sentences of the page. Pure. */
import type { Again, Cover, Route, ViewState, ShareSettings } from '../../core/share/mediaMessages.ts';
import type { WithheldReason } from '../../core/trust/trustLevels.ts';

/** Part of the wanted frames. Below it, a person sees that something limits them. */
const FEW_FRAMES = 0.4;

/** Says on the sharer's page why fewer frames leave than wanted. Empty if nothing is to be said. */
export function limitWords(
    limitation: string,
    framesPerSecond: number,
    wanted: number,
    hint: ShareSettings['contentHint'],
): string {
    if (framesPerSecond <= 0 || framesPerSecond >= wanted * FEW_FRAMES) return '';
    const sharp = hint === 'text' ? ' Text stays sharp.' : '';
    const few = `${Math.round(framesPerSecond)} frames per second:`;
    if (limitation === 'cpu') return `${few} this machine encodes slowly.${sharp}`;
    if (limitation === 'bandwidth') return `${few} the connection is slow.${sharp}`;
    return '';
}

export type WayAction =
    'retry' | 'closeView' | 'showLog' | 'becomeTrusted' | 'verifySharer' | 'watchAgain' | 'openChat';

export interface NextStep {
    readonly label: string;
    readonly action: WayAction;
}

export interface StateWords {
    /** The text of the state line. */
    readonly line: string;
    /** Shown over the stage while there is no picture. Absent when the picture is enough. */
    readonly headline?: string;
    readonly explanation?: string;
    /** The button for the next step. */
    readonly way?: NextStep;
    /** Other buttons beside it. */
    readonly more?: readonly NextStep[];
}

const retry = { label: 'Try Again', action: 'retry' } as const;
const close = { label: 'Close Tab', action: 'closeView' } as const;

/** Replaces the words for `frozen` while the sharer has paused. */
export const PAUSED_WORDS: StateWords = {
    line: 'Paused by the sharer',
    headline: 'Paused',
    explanation: 'No picture is sent at the moment. It comes back by itself.',
};

/** While a card is in place of the screen. */
export const COVER_LINES: Readonly<Record<Cover, string>> = {
    paused: 'Paused by the sharer',
    shielded: 'Hidden by the sharer’s Secret Shield',
};

/** `who`: the sharer's name, or empty. */
export function viewWords(state: ViewState, who: string): StateWords {
    const sharer = who || 'the sharer';
    const Sharer = who || 'The sharer';
    switch (state) {
        case 'connecting':
            return {
                line: 'Connecting…',
                headline: 'Connecting…',
                explanation: `Waiting for the screen of ${sharer}.`,
            };
        case 'waitingForKey':
            return {
                line: 'Waiting for the key…',
                headline: 'Waiting for the key',
                explanation: `The screen is encrypted. The device of ${sharer} sends its key to yours; this takes a second or two.`,
                way: retry,
            };
        case 'live':
            return { line: 'Live' };
        case 'frozen':
            return { line: 'Frozen: no new picture is coming in', way: retry };
        case 'reconnecting':
            return { line: 'Reconnecting…' };
        case 'notSharing':
            return {
                line: 'Not sharing',
                headline: `${Sharer} is not sharing a screen`,
                explanation: 'The picture appears here as soon as sharing starts.',
                way: close,
            };
        case 'unencrypted':
            return {
                line: 'Refused: not encrypted',
                headline: 'This screen is not encrypted',
                explanation: `Hush does not show it, because others could see or replace the picture. Ask ${sharer} to turn on encryption and to share again.`,
                way: retry,
            };
        case 'wrongKey':
            return {
                line: 'Refused: the key does not fit',
                headline: 'This screen cannot be decrypted',
                explanation: `What arrives was not encrypted with the key that the device of ${sharer} sent. Ask ${sharer} to stop and to share again.`,
                way: retry,
            };
        case 'ended':
            return { line: 'Ended', headline: 'The share has ended', way: close };
        case 'failed':
            return { line: 'Could not show the share', headline: 'The share could not be shown', way: retry };
    }
}

const openChat = { label: 'Open Chat', action: 'openChat' } as const;

/** Replaces the words for `ended` when the host knows the next step. `lastedMs`: the length of the share, if known. */
export function endedWords(who: string, again: Again, lastedMs: number | undefined): StateWords {
    const sharer = who || 'the sharer';
    const Sharer = who || 'The sharer';
    const headline = who ? `${who} has stopped sharing` : 'The share has ended';
    const lasted = lastedMs === undefined ? '' : `The share lasted ${durationWords(lastedMs)}.`;
    const words = (explanation: string, way: NextStep): StateWords => ({
        line: 'Ended',
        headline,
        explanation: [lasted, explanation].filter((part) => part !== '').join(' '),
        way,
        more: [openChat, close],
    });
    switch (again) {
        case 'offered':
            return words('', { label: 'Watch Again When It Is Back', action: 'watchAgain' });
        case 'waiting':
            return {
                ...words(`The picture appears here as soon as ${sharer} shares again.`, {
                    label: 'Stop Waiting',
                    action: 'watchAgain',
                }),
                line: `Waiting for ${sharer}`,
            };
        case 'back':
            return {
                ...words('', { label: 'Watch Now', action: 'retry' }),
                headline: `${Sharer} shares again`,
                line: 'Shared again',
            };
        case 'never':
            return { ...words('', openChat), more: [close] };
    }
}

/** In whole minutes and hours. Below a minute, in seconds. */
export function durationWords(ms: number): string {
    const count = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? '' : 's'}`;
    const seconds = Math.max(1, Math.round(ms / 1_000));
    if (seconds < 60) return count(seconds, 'second');
    const minutes = Math.round(seconds / 60);
    if (minutes < 60) return count(minutes, 'minute');
    const rest = minutes % 60;
    return [count(Math.floor(minutes / 60), 'hour'), ...(rest === 0 ? [] : [count(rest, 'minute')])].join(' ');
}

/**
 * Replaces the words for a missing picture while the sharer's device withholds it from ours. `who`: as in {@link
 * viewWords}.
 */
export function withheldWords(reason: WithheldReason, who: string): StateWords {
    const sharer = who || 'the sharer';
    const headline = 'This share is not open to this device';
    switch (reason) {
        case 'notCrossSigned':
            return {
                line: 'Not open to this device: it is unverified',
                headline,
                explanation: `You signed in here without verifying this device, so the device of ${sharer} cannot know that it is yours. Verify it with another device of yours, or with your recovery key. The picture then comes by itself.`,
                way: { label: 'Verify This Device', action: 'becomeTrusted' },
            };
        case 'notVerified':
            return {
                line: 'Not open to you: you are not verified',
                headline: `${who || 'The sharer'} shares with verified people only`,
                explanation: `Compare emoji with ${sharer} once, and the picture comes by itself.`,
                way: { label: `Verify ${sharer}…`, action: 'verifySharer' },
            };
        case 'identityChanged':
            return {
                line: 'Not open to you: your identity has changed',
                headline: 'Your encryption identity has changed',
                explanation: `The device of ${sharer} waits until ${sharer} acknowledges your new identity, or verifies it with you.`,
                way: { label: `Verify ${sharer}…`, action: 'verifySharer' },
            };
        case 'sharerUnverified':
            return {
                line: 'Not open to this device: the sharing one is unverified',
                headline: 'The device that shares is unverified',
                explanation:
                    'You share from a device of yours that you have not verified, so it cannot tell this one from a forged one. Verify that device, and the picture comes by itself.',
                way: retry,
            };
        case 'unknownDevice':
            return {
                line: 'Not open to this device: it is not known yet',
                headline,
                explanation: `Your homeserver has not told the device of ${sharer} about this one yet. That usually takes a moment.`,
                way: retry,
            };
    }
}

/** Describes the encryption of the picture, judged by the track itself: only decrypted frames count as encrypted. */
export function encryptionWords(state: ViewState): {
    readonly label: string;
    readonly tone: 'good' | 'bad' | 'pending';
} {
    switch (state) {
        case 'live':
        case 'frozen':
            return { label: 'End-to-end encrypted', tone: 'good' };
        case 'unencrypted':
            return { label: 'Not encrypted', tone: 'bad' };
        case 'wrongKey':
            return { label: 'Cannot be decrypted', tone: 'bad' };
        case 'notSharing':
        case 'ended':
        case 'failed':
            return { label: 'No picture', tone: 'pending' };
        default:
            return { label: 'Encryption not confirmed yet', tone: 'pending' };
    }
}

/** Describes the route of the picture and its encryption. */
export function routeWords(route: Route): { readonly label: string; readonly explanation: string } {
    const direct =
        'Encrypted from device to device (DTLS-SRTP). The fingerprints of both ends came through the room’s end-to-end encryption.';
    switch (route) {
        case 'direct':
            return { label: 'direct', explanation: direct };
        case 'relayed':
            return {
                label: 'relayed',
                explanation: `${direct} A relay passes the encrypted packets on and cannot read them.`,
            };
        case 'sfu':
            return {
                label: 'via SFU',
                explanation:
                    'Every frame is encrypted on the sharer’s device. The media server passes it on and cannot read it.',
            };
    }
}

/** `watching`: number of viewers, for the share page. */
export function viewerCountWords(watching: number): string {
    if (watching === 0) return 'Nobody is watching yet';
    return watching === 1 ? '1 person is watching' : `${watching} people are watching`;
}

export function bitRateWords(bitsPerSecond: number): string {
    if (bitsPerSecond >= 1_000_000) return `${(bitsPerSecond / 1_000_000).toFixed(1)} Mbit/s`;
    return `${Math.round(bitsPerSecond / 1_000)} kbit/s`;
}

/**
 * The messages that bring a page to its current state: the last message of each kind, in a working order. They are the
 * queue before a page is ready, and the snapshot for a page that reloaded (VS Code reloads a webview that moves to
 * another window). Pure except for its own memory. The media keys in it go only to this page.
 */
import type { HostMessage } from '../../../core/share/mediaMessages.ts';

export interface PageReplay {
    note(message: HostMessage): void;
    /** `again`: the page was ready before. Then the host gives a view a new grant by itself. */
    snapshot(again: boolean): readonly HostMessage[];
}

type Kind = Exclude<HostMessage['type'], 'keys.set'>;

/** Keys come before the messages that use them, a hold before its publication, and a cover before the capture. */
const ORDER: readonly (Kind | 'keys')[] = [
    'init',
    'keys',
    'view.sharer',
    'view.withheld',
    'view.audience',
    'view.cover',
    'view.place',
    'share.viewers',
    'share.hold',
    'share.cover',
    'share.capture',
    'share.prepare',
    'share.publish',
    'share.direct',
    'share.stop',
    'view.connect',
    'view.direct',
    'view.end',
    'view.again',
];

/** A message removes these earlier messages, because they are no longer true. */
const ENDS: Readonly<Partial<Record<HostMessage['type'], readonly Kind[]>>> = {
    'share.stop': [
        'share.capture',
        'share.prepare',
        'share.publish',
        'share.direct',
        'share.hold',
        'share.cover',
        'share.viewers',
    ],
    'share.capture': ['share.stop'],
    'share.unpublish': ['share.prepare', 'share.publish'],
    'view.end': ['view.connect', 'view.direct'],
    'view.connect': ['view.end', 'view.again', 'view.direct'],
    'view.direct': ['view.end', 'view.again', 'view.connect'],
};

export function createPageReplay(): PageReplay {
    const last = new Map<Kind, HostMessage>();
    const keys = new Map<string, HostMessage>();
    return {
        note(message) {
            for (const kind of ENDS[message.type] ?? []) last.delete(kind);
            if (message.type === 'keys.set') {
                const slot = `${message.index} ${message.identity}`;
                keys.delete(slot); // the newest key goes last, because the last key of an identity is in use
                keys.set(slot, message);
            } else last.set(message.type, message);
        },
        snapshot(again) {
            return ORDER.flatMap((kind) => {
                if (kind === 'keys') return [...keys.values()];
                if (again && (kind === 'view.connect' || kind === 'view.direct')) return [];
                const message = last.get(kind);
                return message ? [message] : [];
            });
        },
    };
}

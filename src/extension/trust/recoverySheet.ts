/** The tab that shows a new recovery key, once. Pure. */
import type { Sheet } from '../../core/page/sheet.ts';

export function recoverySheet(key: string, withPassphrase: boolean, unfinished?: string): Sheet {
    return {
        title: 'Your recovery key',
        lead: 'Keep it where you keep passwords. With it a new device of yours becomes verified and reads your encrypted history. Hush does not store it and cannot show it again.',
        tone: unfinished === undefined ? 'plain' : 'warn',
        blocks: [
            ...(unfinished === undefined
                ? []
                : [
                      {
                          kind: 'text' as const,
                          text: `Recovery is not finished: ${unfinished} Keep this key, and the one you had before. Then run “Hush: Set Up Recovery…” again.`,
                      },
                  ]),
            { kind: 'secret', label: 'Recovery key', value: key },
            {
                kind: 'text',
                text: withPassphrase
                    ? 'Your passphrase does the same. Whoever has either can read your encrypted messages and pass for you.'
                    : 'Whoever has it can read your encrypted messages and pass for you. Your homeserver does not know it.',
            },
        ],
        buttons: [
            { id: 'copy', label: 'Copy', primary: true },
            { id: 'save', label: 'Save to a File…', primary: false },
            { id: 'close', label: 'I Have Kept It', primary: false },
        ],
        status: '',
    };
}

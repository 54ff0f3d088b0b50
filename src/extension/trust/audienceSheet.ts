/** **Who Can See This**: the content of its tab, also as text to copy. Pure. */
import type { TrustLevel } from '../../core/trust/trustLevels.ts';
import { deviceLabel, trustWord } from '../../core/trust/trustWords.ts';
import type { Sheet, SheetBlock, SheetButton } from '../../core/page/sheet.ts';
import {
    audienceSummary,
    withheldSentence,
    type AudienceDevice,
    type ShareAudience,
    type SharePolicy,
} from '../../core/trust/shareTrust.ts';

export interface AudienceContext {
    readonly roomName: string;
    /** Empty for our own share. */
    readonly sharerName: string;
    readonly selfUserId: string;
    readonly selfDeviceId: string;
    /** Turns a timestamp (ms since the epoch) into a time of day, and how long ago that is. */
    readonly time: (ts: number) => string;
}

const POLICY: Readonly<Record<SharePolicy, string>> = {
    everyone: 'every device in the session',
    crossSigned: 'cross-signed and verified devices',
    verified: 'verified people’s devices',
};

type Row = Extract<SheetBlock, { kind: 'list' }>['rows'][number];

function toneOf(trust: TrustLevel): Row['tone'] {
    return trust === 'verified' ? 'good' : trust === 'crossSigned' ? 'plain' : 'warn';
}

function row(device: AudienceDevice, context: AudienceContext, detail: string, more: Partial<Row> = {}): Row {
    const you = device.userId === context.selfUserId ? ' (you)' : '';
    const here = you !== '' && device.deviceId === context.selfDeviceId ? ', this device' : '';
    return {
        id: `${device.userId} ${device.deviceId}`,
        title: `${deviceLabel(`${device.name}${you}`, device.deviceName)}${here}`,
        detail: [device.userId, device.deviceId, detail].filter(Boolean).join(' · '),
        badge: trustWord(device.trust),
        tone: toneOf(device.trust),
        buttons: [],
        ...more,
    };
}

function waysOn(userId: string, reason: string, own: boolean): SheetButton[] {
    if (reason === 'sharerUnverified') return [{ id: 'verifyThis', label: 'Verify This Device…', primary: false }];
    if (own) return [];
    const verify = { id: `verify ${userId}`, label: 'Verify…', primary: false };
    if (reason === 'identityChanged')
        return [{ id: `acknowledge ${userId}`, label: 'Acknowledge New Identity', primary: false }, verify];
    return reason === 'notVerified' ? [verify] : [];
}

export function audienceSheet(audience: ShareAudience, context: AudienceContext): Sheet {
    const { text, tone } = audienceSummary(audience);
    const own = context.sharerName === '';
    const { time } = context;
    const blocks: SheetBlock[] = [
        {
            kind: 'facts',
            rows: [
                { name: 'Room', value: context.roomName },
                ...(audience.policy ? [{ name: 'Shared with', value: POLICY[audience.policy] }] : []),
                ...(audience.keyIndex === undefined
                    ? [{ name: 'Key', value: 'each connection has its own (direct, DTLS-SRTP)' }]
                    : [
                          {
                              name: 'Key',
                              value: `generation ${audience.keyIndex}${audience.rotatedTs === undefined ? '' : `, last rotation ${time(audience.rotatedTs)}`}`,
                          },
                      ]),
                ...(audience.toldBy
                    ? [
                          {
                              name: 'Told by',
                              value: `${context.sharerName}, device ${audience.toldBy.deviceId}, ${time(audience.toldBy.ts)}`,
                          },
                      ]
                    : []),
            ],
        },
        {
            kind: 'list',
            heading: audience.holders.length === 0 ? 'No device can see it' : 'Devices that can see it',
            note: own
                ? 'Counted are devices to which this one delivered the current key, encrypted for them alone, or whose direct connection stands.'
                : `As the device of ${context.sharerName} tells, over an encrypted channel. How far each device is trusted is judged here.`,
            rows: audience.holders.map((h) =>
                row(h, context, `${h.way === 'direct' ? 'direct' : 'has the key'} since ${time(h.since)}`),
            ),
        },
    ];
    if (audience.pending.length > 0)
        blocks.push({
            kind: 'list',
            heading: 'Cannot see it yet',
            note: '',
            rows: audience.pending.map((p) => row(p, context, p.problem)),
        });
    if (audience.withheld.length > 0)
        blocks.push({
            kind: 'list',
            heading: 'Kept out',
            note: 'These devices are in the session and get neither key nor picture. Where they run Hush, they say how to change that.',
            rows: audience.withheld.map((w) =>
                row(w, context, withheldSentence(w.reason, w.name), {
                    badge: w.reason === 'identityChanged' ? 'identity changed' : trustWord(w.trust),
                    tone: w.reason === 'identityChanged' ? 'bad' : 'warn',
                    buttons: waysOn(w.userId, w.reason, w.userId === context.selfUserId),
                }),
            ),
        });
    if (audience.rotations.length > 0)
        blocks.push({
            kind: 'list',
            heading: 'Key changes',
            note: 'Newest first.',
            rows: audience.rotations.map((r) => ({
                id: `rotation ${r.index} ${r.ts}`,
                title: `Generation ${r.index}`,
                detail: `${time(r.ts)}: ${r.why}`,
                badge: 'key',
                tone: 'plain' as const,
                buttons: [],
            })),
        });
    return {
        title: own ? 'Who can see your screen' : `Who can see the screen of ${context.sharerName}`,
        lead: `${text}.`,
        tone,
        blocks,
        buttons: [
            { id: 'copy', label: 'Copy as Text', primary: false },
            ...(own ? [{ id: 'settings', label: 'Change Who You Share With…', primary: false }] : []),
        ],
        status: '',
    };
}

/** Shown if the share is over, or if its audience is unknown. */
export function emptyAudienceSheet(context: AudienceContext, over: boolean): Sheet {
    const whose = context.sharerName === '' ? 'your screen' : `the screen of ${context.sharerName}`;
    return {
        title: `Who can see ${whose}`,
        lead: over
            ? 'This share is over: nobody can see it any more.'
            : `The device of ${context.sharerName} has not told who can see this share. It does once yours may see it; other Matrix clients do not tell.`,
        tone: 'plain',
        blocks: [],
        buttons: [],
        status: '',
    };
}

/** Returns the sheet as plain text, for a message or an issue. */
export function sheetText(sheet: Sheet): string {
    const lines = [sheet.title, sheet.lead];
    for (const block of sheet.blocks) {
        if (block.kind === 'facts') lines.push('', ...block.rows.map(({ name, value }) => `${name}: ${value}`));
        if (block.kind === 'list')
            lines.push('', block.heading, ...block.rows.map((r) => `- ${r.title} · ${r.detail} · ${r.badge}`));
    }
    return lines.join('\n');
}

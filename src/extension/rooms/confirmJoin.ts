/** The one question before a join by a link: which room, who invites, and on which servers. */
import { parseUserId } from '../../core/base/identifiers.ts';
import { serverOfLink } from '../../core/account/signInRows.ts';
import type { RoomLink } from '../../core/rooms/joinLink.ts';
import type { RoomPreview } from '../../core/rooms/roomsPort.ts';
import { joinRuleSentence } from '../../core/rooms/roomWords.ts';
import type { RoomSnapshot } from '../../core/rooms/room.ts';
import { showInformationMessage } from '../shell/dialogs.ts';
import { plainName } from '../shell/plainText.ts';

export interface JoinQuestion {
    readonly link: RoomLink;
    readonly preview: RoomPreview;
    /** `m.room.join_rules`. It is `public` if an invitation allows the join. */
    readonly rule: string | undefined;
    readonly inviter: RoomSnapshot['inviter'];
    readonly name: string;
    /** User ID of this account. */
    readonly self: string;
}

export type JoinAnswer = 'join' | 'ask' | 'askWithWords' | 'copy';

const BUTTONS: Readonly<Record<JoinAnswer, string>> = {
    join: 'Join',
    ask: 'Ask to Join',
    askWithWords: 'Ask with a Message…',
    copy: 'Copy My ID',
};

export async function confirmJoin(question: JoinQuestion): Promise<JoinAnswer | undefined> {
    const { rule, name } = question;
    const ways: readonly JoinAnswer[] =
        rule === 'knock'
            ? ['ask', 'askWithWords']
            : rule === 'knock_restricted'
              ? ['join', 'ask']
              : rule === 'invite'
                ? ['copy']
                : ['join'];
    const chosen = await showInformationMessage(
        rule === 'invite' ? `${name} is for invited people only` : `Join ${name}?`,
        { modal: true, detail: detailOf(question) },
        ...ways.map((way) => BUTTONS[way]),
    );
    return ways.find((way) => BUTTONS[way] === chosen);
}

function detailOf({ link, preview, inviter, self }: JoinQuestion): string {
    const { target, topic, joinRule, people, encrypted, membership } = preview;
    const facts = [
        people === undefined ? '' : `${people} ${people === 1 ? 'person is' : 'people are'} in it.`,
        encrypted === undefined
            ? ''
            : encrypted
              ? 'It is end-to-end encrypted.'
              : 'It is not encrypted, so Hush shares no screens in it.',
        membership === 'invite' ? 'You are invited.' : joinRule === undefined ? '' : joinRuleSentence(joinRule),
        joinRule === 'invite' && membership === undefined ? 'Give your user ID to somebody inside.' : '',
    ];
    const ids = [...new Set([link.target.room, target.room])];
    const paragraphs = [whoAndWhere(link, target.via, inviter, self), topic ?? '', facts.filter(Boolean).join('\n')];
    return [...paragraphs, ids.join('\n')].filter(Boolean).join('\n\n');
}

/** An invitation proves its sender. A link only claims one. */
function whoAndWhere(link: RoomLink, via: readonly string[], inviter: RoomSnapshot['inviter'], self: string): string {
    const who = inviter
        ? `${plainName(inviter.name)} (${inviter.userId}) invites you.`
        : link.from === undefined
          ? ''
          : `The link says it is from ${link.from}.`;
    const server = serverOfLink(link) ?? via[0];
    const own = parseUserId(self)?.serverName;
    const where =
        server === undefined || server === own
            ? `Server: ${own ?? ''}${own === undefined ? '' : ', yours'}.`
            : `Server: ${server}.`;
    return [who, `You join as ${self}.`, where].filter(Boolean).join('\n');
}

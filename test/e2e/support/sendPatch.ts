/** A member's client that sends a patch of its own making, as Hush would, encrypted. */
import assert from 'node:assert/strict';
import { createLog } from '../../../src/core/base/log.ts';
import { newClaim, type ChangesClaim } from '../../../src/core/changes/changesClaim.ts';
import { createEncryptor } from '../../../src/matrix/files/attachmentCrypto.ts';
import { fileContent } from '../../../src/matrix/files/fileContent.ts';
import { startSdkPeer } from '../../integration/support/sdkPeer.ts';
import type { Account } from '../../stack/accounts.ts';
import type { Homeserver } from './pair.ts';

const { captureSdkLog } = await import('../../../src/matrix/sdk/sdkLog.ts');
const nothing = (): undefined => undefined;

export interface PatchToSend {
    readonly name: string;
    readonly text: string;
    /** What the message says. Default: one file with one new line. */
    readonly claim?: Partial<ChangesClaim>;
}

/** Sends them in this order. Resolves when the homeserver has all. */
export async function sendPatches(
    homeserver: Pick<Homeserver, 'baseUrl'>,
    { userId, password }: Account,
    roomName: string,
    patches: readonly PatchToSend[],
): Promise<void> {
    captureSdkLog(createLog({ debug: nothing, info: nothing, warn: nothing, error: nothing }));
    const peer = await startSdkPeer(homeserver, userId, password);
    try {
        const room = peer.sdk.getRooms().find(({ name }) => name === roomName) ?? assert.fail('no room');
        for (const { name, text, claim } of patches) {
            const encryptor = createEncryptor();
            const encrypted = encryptor.update(Buffer.from(text));
            const { content_uri: url } = await peer.sdk.uploadContent(new Blob([new Uint8Array(encrypted)]));
            const totals = { files: 1, insertions: 1, deletions: 0, commits: 0 };
            const said = { kind: 'working', base: null, branch: 'main', author: 'Mallory', workspace: null } as const;
            const content = fileContent(
                {
                    path: '',
                    name,
                    mimeType: 'text/x-patch',
                    picture: null,
                    thumbnail: null,
                    caption: '',
                    replyTo: null,
                    changes: newClaim({ ...said, ...totals, ...claim }),
                },
                { bytes: encrypted.length, file: { ...encryptor.finish(), url }, small: undefined },
            );
            await peer.sdk.sendEvent(room.roomId, 'm.room.message' as never, content as never);
        }
    } finally {
        peer.stop();
    }
}

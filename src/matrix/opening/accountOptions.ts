/** What an account is opened with. */
import type { UIAuthCallback } from 'matrix-js-sdk/lib/interactive-auth.js';
import type { Log } from '../../core/base/log.ts';
import type { SharePolicy } from '../../core/trust/shareTrust.ts';
import type { StoredAccount } from '../../core/account/storedAccounts.ts';
import type { Vault } from '../../core/account/vault.ts';
import type { OwnSfu } from '../../core/share/ownSfu.ts';
import type { RtcOptions } from '../rtc/rtcSession.ts';
import type { Fetch } from '../requests/matrixHttp.ts';

export interface OpenAccountOptions {
    readonly stored: StoredAccount;
    readonly vault: Vault;
    /** Where the stores live; created if missing. One file per device. */
    readonly dataDir: string;
    readonly log: Log;
    /** `hush.livekit.serviceUrl`, read when needed. */
    readonly serviceUrlSetting: () => string;
    /** `hush.mesh.relayOnly`, read for every connection; default: off. */
    readonly relayOnlySetting?: () => boolean;
    /** `hush.matrixRtc.membership`, read at every join; default: `auto`. */
    readonly membershipSetting?: RtcOptions['membershipSetting'];
    /** `hush.trust.shareWith`, read for every decision; default: `crossSigned`. */
    readonly sharePolicySetting?: () => SharePolicy;
    /** Answers the server when it wants more than a signed-in device before it takes a first identity. */
    readonly uploadAuth?: UIAuthCallback<void>;
    /** The LiveKit server whose key the person holds; default: none. */
    readonly ownServer?: OwnSfu;
    /** Defaults: the real ones. */
    readonly fetch?: Fetch;
    readonly now?: () => number;
}

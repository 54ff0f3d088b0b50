/** The options for opening an account. */
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
    /** The directory of the stores, one file per device. It is created if missing. */
    readonly dataDir: string;
    readonly log: Log;
    /** `hush.livekit.serviceUrl`. It is read when it is needed. */
    readonly serviceUrlSetting: () => string;
    /** `hush.mesh.relayOnly`. It is read for every connection. Default: off. */
    readonly relayOnlySetting?: () => boolean;
    /** `hush.matrixRtc.membership`. It is read at every join. Default: `auto`. */
    readonly membershipSetting?: RtcOptions['membershipSetting'];
    /** `hush.trust.shareWith`. It is read for every decision. Default: `crossSigned`. */
    readonly sharePolicySetting?: () => SharePolicy;
    /** Answers the server when it demands more than an access token before it accepts a first identity. */
    readonly uploadAuth?: UIAuthCallback<void>;
    /** The LiveKit server whose key the person holds. Default: none. */
    readonly ownServer?: OwnSfu;
    /** Defaults: the real ones. */
    readonly fetch?: Fetch;
    readonly now?: () => number;
}

/** Detects the abilities of this browser in this frame. Never asks the person for anything. */

/** Only Chromium has this. In other browsers, only the real call shows what is allowed. */
interface WithFeaturePolicy {
    readonly featurePolicy?: { allowsFeature(feature: string): boolean };
}

export interface Capabilities {
    readonly displayCapture: boolean;
    readonly frameEncryption: boolean;
}

export function detectCapabilities(): Capabilities {
    return { displayCapture: mayCapture(), frameEncryption: mayEncrypt() };
}

function mayCapture(): boolean {
    if (typeof navigator.mediaDevices?.getDisplayMedia !== 'function') return false;
    const policy = (document as Document & WithFeaturePolicy).featurePolicy;
    return policy?.allowsFeature('display-capture') ?? true;
}

function mayEncrypt(): boolean {
    if (typeof Worker === 'undefined' || typeof RTCPeerConnection === 'undefined') return false;
    return 'RTCRtpScriptTransform' in globalThis || 'createEncodedStreams' in RTCRtpSender.prototype;
}

/** What this browser, in this frame, can do. Never asks the person for anything. */

/** Chromium only; elsewhere absent, and then only the real call can tell. */
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

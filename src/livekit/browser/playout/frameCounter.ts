/**
 * Reads the number of an encrypted frame. LiveKit's frame encryption ends each frame with the IV, the length of the IV
 * and the key index. The last four bytes of the IV are the RTP timestamp less a counter of frames (livekit-client,
 * FrameCryptor `makeIV`; the Rust SDK has the same). AES-GCM authenticates the IV, so a number of a decrypted frame is
 * the sender's own. Pure.
 */

/** The counter counts modulo this. */
export const COUNTER_PERIOD = 0xffff;
const IV_LENGTH = 12;
/** The length of the IV, and the key index. */
const TRAILER_LENGTH = 2;
const TAG_LENGTH = 16;
/** Bytes that decryption removes from a frame whose payload needs no escaping (VP8, VP9, AV1). */
export const ENCRYPTION_OVERHEAD = IV_LENGTH + TRAILER_LENGTH + TAG_LENGTH;

/** `rtpTimestamp`: of the frame, 32 bits. Undefined: the frame does not end as an encrypted frame does. */
export function frameCounter(data: ArrayBuffer, rtpTimestamp: number): number | undefined {
    if (data.byteLength <= ENCRYPTION_OVERHEAD) return undefined;
    const view = new DataView(data);
    if (view.getUint8(data.byteLength - TRAILER_LENGTH) !== IV_LENGTH) return undefined;
    const last = view.getUint32(data.byteLength - TRAILER_LENGTH - 4);
    const counter = (rtpTimestamp - last) >>> 0;
    return counter < COUNTER_PERIOD ? counter : undefined;
}

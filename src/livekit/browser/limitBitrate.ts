/** Changes the upper bound of the bit rate of a running sender. */

/** `maxBitrate`: bit/s, for each encoding. Rejects if the sender has stopped (W3C webrtc, `setParameters`). */
export async function limitBitrate(sender: RTCRtpSender, maxBitrate: number): Promise<void> {
    const parameters = sender.getParameters();
    const encodings = parameters.encodings.map((encoding) => ({ ...encoding, maxBitrate }));
    await sender.setParameters({ ...parameters, encodings });
}

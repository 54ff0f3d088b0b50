/** Changes a running sender (W3C webrtc, `setParameters`). Both functions reject if it has stopped. */

/** `maxBitrate`: bit/s, for each encoding. */
export async function limitBitrate(sender: RTCRtpSender, maxBitrate: number): Promise<void> {
    const parameters = sender.getParameters();
    const encodings = parameters.encodings.map((encoding) => ({ ...encoding, maxBitrate }));
    await sender.setParameters({ ...parameters, encodings });
}

/** What the encoder keeps when it cannot keep all: the size of the picture, or the frames. */
export async function preferWhenLimited(sender: RTCRtpSender, degradation: RTCDegradationPreference): Promise<void> {
    await sender.setParameters({ ...sender.getParameters(), degradationPreference: degradation });
}

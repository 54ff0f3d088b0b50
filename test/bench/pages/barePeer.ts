/**
 * A bare RTCPeerConnection page for the bench: what the browser does with a shared screen without Hush. It captures and
 * sends with the same settings as Hush. Its page has `window.bare`.
 */
import { chooseBitrate } from '../../../src/webview/capture/encoding.ts';
import { orderCodecs } from '../../../src/webview/mesh/codecs.ts';
import { captureLikeHush } from './captureLikeHush.ts';

export interface BarePeer {
    capture(): Promise<void>;
    /** Returns the SDP with all candidates. */
    offer(): Promise<string>;
    answer(offer: string): Promise<string>;
    accept(answer: string): Promise<void>;
}

const video = document.querySelector('video');
if (!video) throw new Error('no video');
video.muted = true;
let stream: MediaStream | undefined;
const pc = new RTCPeerConnection();
pc.addEventListener('track', ({ track }) => {
    video.srcObject = new MediaStream([track]);
    void video.play();
});
const complete = async (): Promise<string> => {
    if (pc.iceGatheringState !== 'complete')
        await new Promise<void>((done) =>
            pc.addEventListener('icegatheringstatechange', () => pc.iceGatheringState === 'complete' && done()),
        );
    return pc.localDescription?.sdp ?? '';
};
const bare: BarePeer = {
    async capture() {
        stream = await captureLikeHush(video);
    },
    async offer() {
        const [track] = stream?.getVideoTracks() ?? [];
        if (!track || !stream) throw new Error('nothing was captured');
        const line = pc.addTransceiver(track, {
            direction: 'sendonly',
            streams: [stream],
            sendEncodings: [{ maxBitrate: chooseBitrate(video.videoWidth, video.videoHeight), maxFramerate: 30 }],
        });
        line.setCodecPreferences(orderCodecs(RTCRtpSender.getCapabilities('video')?.codecs ?? [], true));
        await line.sender.setParameters({
            ...line.sender.getParameters(),
            degradationPreference: 'maintain-resolution',
        });
        await pc.setLocalDescription();
        return complete();
    },
    async answer(sdp) {
        await pc.setRemoteDescription({ type: 'offer', sdp });
        await pc.setLocalDescription();
        return complete();
    },
    accept: (sdp) => pc.setRemoteDescription({ type: 'answer', sdp }),
};
Object.assign(window, { bare });

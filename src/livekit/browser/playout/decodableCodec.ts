/** The codecs that Hush decodes itself, by their names in RTP (RFC 7741, RFC 9628, AV1 RTP) and WebCodecs. Pure. */

export interface DecodableCodec {
    /** WebCodecs codec string for the decoder. Decoders take any size, whatever level it names. */
    readonly decode: string;
    /** For the encoder of a 16 × 16 px picture. */
    readonly encode: string;
}

const CODECS: Readonly<Record<string, DecodableCodec>> = {
    vp8: { decode: 'vp8', encode: 'vp8' },
    vp9: { decode: 'vp09.00.51.08', encode: 'vp09.00.10.08' },
    av1: { decode: 'av01.0.08M.08', encode: 'av01.0.00M.08' },
};

/** `mimeType`: such as `video/VP8` or `vp8`, in any case. Undefined: the browser's player decodes it. */
export function decodableCodec(mimeType: string): DecodableCodec | undefined {
    return CODECS[mimeType.toLowerCase().replace(/^video\//u, '')];
}

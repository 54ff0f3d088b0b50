/**
 * The largest upload that the homeserver accepts (client-server API, `GET /media/config`). It is requested once an
 * hour.
 */
import * as v from 'valibot';
import { HushError } from '../../core/base/errors.ts';
import { optional } from '../../core/base/lenient.ts';
import { sizeWords } from '../../core/base/sizeWords.ts';
import { requestJson, refusedAnswer, matrixErrorBody } from '../requests/matrixHttp.ts';
import { PLACEHOLDER_TOKEN } from '../account/tokenRefresh.ts';
import type { MediaServer } from './mediaRequest.ts';

const config = v.looseObject({ 'm.upload.size': optional(v.pipe(v.number(), v.minValue(0))) });
const KEPT_MS = 3_600_000;

/** Bytes. Undefined: the server names no limit. */
export function createUploadLimit(
    { baseUrl, fetch }: MediaServer,
    now: () => number,
): () => Promise<number | undefined> {
    let known: { readonly at: number; readonly bytes: number | undefined } | undefined;
    const ask = async (path: string) =>
        requestJson(fetch, `${baseUrl.replace(/\/+$/u, '')}${path}`, { accessToken: PLACEHOLDER_TOKEN });
    return async () => {
        if (known && now() - known.at < KEPT_MS) return known.bytes;
        let answer = await ask('/_matrix/client/v1/media/config');
        // A server older than Matrix 1.11 has the older path.
        if (answer.status === 404 && matrixErrorBody(answer.body)?.errcode !== 'M_NOT_FOUND')
            answer = await ask('/_matrix/media/v3/config');
        if (answer.status !== 200) throw refusedAnswer(answer, 'Asking how large a file may be');
        const parsed = v.safeParse(config, answer.body);
        known = { at: now(), bytes: parsed.success ? parsed.output['m.upload.size'] : undefined };
        return known.bytes;
    };
}

/** @throws HushError `file.tooLarge` */
export function assertWithin(limit: number | undefined, bytes: number): void {
    if (limit === undefined || bytes <= limit) return;
    throw new HushError(
        'file.tooLarge',
        `This file has ${sizeWords(bytes)}, and the homeserver takes ${sizeWords(limit)} at most. Send a smaller one, or ask who runs the server.`,
    );
}

import assert from 'node:assert/strict';
import { checkUploadAuth, uploadAuth } from '../../../../src/matrix/trust/uploadAuth.ts';

const ask = (...flows: string[][]) =>
    Object.assign(new Error('401'), {
        httpStatus: 401,
        data: { session: 's', flows: flows.map((stages) => ({ stages })) },
    });
const refusedKey = Object.assign(new Error('400'), { httpStatus: 400, data: { errcode: 'M_INVALID_SIGNATURE' } });
type Auth = { password?: string; type?: string } | null;

/** A server that answers each request of the list in turn, and remembers what it was asked. */
function server(...answers: (Error | undefined)[]) {
    const asked: Auth[] = [];
    const request = (auth: Auth): Promise<void> => {
        asked.push(auth);
        const answer = answers.shift();
        return answer ? Promise.reject(answer) : Promise.resolve();
    };
    const sdk = {
        getSafeUserId: () => '@a:b',
        http: {
            authedRequest: (_m: string, path: string, _q: unknown, body: { auth?: Auth; self_signing_key: object }) => {
                assert.equal(path, '/keys/device_signing/upload');
                assert.deepEqual(
                    Object.keys(body).filter((key) => key !== 'auth'),
                    ['self_signing_key'],
                );
                return request(body.auth ?? null);
            },
        },
    } as never;
    return { asked, request: request as never, sdk };
}

describe('the proof that a server wants before it takes an identity', () => {
    it('who has no password is not asked for one', async () => {
        const { request } = server(ask(['m.login.sso'], ['org.matrix.cross_signing_reset']));
        await assert.rejects(uploadAuth('@a:b', undefined)(request), { code: 'trust.otherAuth' });
    });
    it('the password is asked for where it does, and used', async () => {
        const first = server(ask(['m.login.sso'], ['m.login.password']));
        await assert.rejects(uploadAuth('@a:b', undefined)(first.request), { code: 'trust.needsPassword' });
        const second = server(ask(['m.login.password']));
        await uploadAuth('@a:b', 'secret')(second.request);
        assert.deepEqual(
            second.asked.map((auth) => auth?.password),
            [undefined, 'secret'],
        );
    });
    it('a token that has ended is no question for a password', async () => {
        const ended = Object.assign(new Error('401'), { httpStatus: 401, data: { errcode: 'M_UNKNOWN_TOKEN' } });
        await assert.rejects(uploadAuth('@a:b', 'secret')(server(ended).request), ended);
    });

    describe('looked at before anything is made', () => {
        it('the right password is one with which the key is refused, not the person', async () => {
            const { sdk, asked } = server(ask(['m.login.password']), refusedKey);
            await checkUploadAuth(sdk, 'right');
            assert.equal(asked.length, 2);
        });
        it('a wrong one is said', async () => {
            const { sdk } = server(ask(['m.login.password']), ask(['m.login.password']));
            await assert.rejects(checkUploadAuth(sdk, 'wrong'), { code: 'login.wrongPassword' });
        });
        it('a server that wants no proof, or looks at the key first, says nothing about the password', async () => {
            await checkUploadAuth(server(refusedKey).sdk, undefined);
        });
        it('a server that is away says nothing either, and nothing is begun', async () => {
            const away = Object.assign(new Error('502'), { httpStatus: 502, data: {} });
            await assert.rejects(checkUploadAuth(server(away).sdk, 'right'), { code: 'server.error' });
        });
    });
});

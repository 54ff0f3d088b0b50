/** A minimal browser for a sign-in page: cookies, redirects, links and forms. For tests without a real browser. */

export interface FormBrowser {
    /**
     * Opens `url` and continues until the address or the text of a page satisfies `there`. Fills in forms from `fields`
     * and sends them, else takes the link that `follow` chooses. Resolves with the last page. Rejects if it cannot
     * continue.
     */
    go(url: string, there: (page: Page) => boolean): Promise<Page>;
}
export interface Page {
    readonly url: string;
    readonly status: number;
    readonly text: string;
}

const MAX_STEPS = 25;

export function createFormBrowser(fields: Readonly<Record<string, string>>): FormBrowser {
    const jar = new Map<string, Map<string, string>>();
    const load = async (url: string, init: RequestInit = {}): Promise<Page> => {
        for (let hop = 0; hop < MAX_STEPS; hop++) {
            const { host } = new URL(url);
            const cookies = jar.get(host) ?? new Map<string, string>();
            jar.set(host, cookies);
            const headers = new Headers(init.headers);
            headers.set('Cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
            const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
            for (const cookie of answer.headers.getSetCookie()) {
                const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(cookie) ?? [];
                if (value === '') cookies.delete(name);
                else cookies.set(name, value);
            }
            const location = answer.headers.get('Location');
            if (location === null) return { url, status: answer.status, text: await answer.text() };
            await answer.body?.cancel();
            url = new URL(location, url).href;
            init = {};
        }
        throw new Error(`redirected in circles: ${url}`);
    };
    return {
        async go(url, there) {
            let page = await load(url);
            for (let step = 0; step < MAX_STEPS; step++) {
                if (there(page)) return page;
                const form = /<form[^>]*>[\s\S]*?<\/form>/iu.exec(page.text)?.[0];
                const link = /<a[^>]+href="(https?:[^"]+)"/iu.exec(page.text)?.[1];
                if (form !== undefined) {
                    const action = attribute(form, 'action') ?? page.url;
                    const inputs = [...form.matchAll(/<input[^>]*>/giu)].map(([tag]) => tag);
                    const body = new URLSearchParams();
                    for (const input of inputs) {
                        const name = attribute(input, 'name');
                        if (name !== undefined) body.set(name, fields[name] ?? attribute(input, 'value') ?? '');
                    }
                    page = await load(new URL(action, page.url).href, { method: 'POST', body });
                } else if (link !== undefined) page = await load(unescape(link));
                else break;
            }
            throw new Error(`stuck at ${page.url} (${page.status}): ${page.text.slice(0, 500)}`);
        },
    };
}

function attribute(tag: string, name: string): string | undefined {
    const value = new RegExp(`\\b${name}="([^"]*)"`, 'iu').exec(tag)?.[1];
    return value === undefined ? undefined : unescape(value);
}

function unescape(text: string): string {
    return text.replaceAll('&amp;', '&').replaceAll('&#34;', '"').replaceAll('&#39;', "'");
}

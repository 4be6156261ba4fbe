import { type Answer, linkIn, type Stage } from './stage';

/** The endpoint under which {@link stageFetch} answers. */
export const endpoint = 'https://api.example.org';

/** A `fetch` that the handlers of the stage answer. `before` may answer in their place, or throw. */
export function stageFetch(stage: Stage, before?: (request: Request) => Response | undefined): { fetch: typeof fetch } {
  return {
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const early = before?.(request);
      if (early) return early;
      const { pathname, search } = new URL(request.url);
      const { authorization, 'content-type': _, ...headers } = Object.fromEntries(request.headers);
      const token = authorization?.replace('Bearer ', '');
      const text = await request.text();
      const body = text && { body: text };
      return responseOf(
        await stage.ask(request.method, `${pathname}${search}`, { token, headers, ...body }),
        stage.clock.now,
      );
    },
  };
}

/** With the header in which API Gateway tells the time. */
const responseOf = ({ status, headers, text }: Answer, now: Date): Response =>
  new Response(text || null, { status, headers: { ...headers, date: now.toUTCString() } });

/** The whole address of the link in the newest mail. */
export function newestLink(stage: Stage): string {
  const mail = stage.mails.at(-1);
  if (!mail) throw new Error('No mail');
  return `${endpoint}${linkIn(mail)}`;
}

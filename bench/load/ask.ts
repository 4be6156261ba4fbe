export interface Reply {
  status: number;
  json: Record<string, unknown>;
  /** Whether it says when to ask again. */
  retryAfter: boolean;
}

/** The status where the service was not running. */
export const unheard = 0;

/** Sends one request: no reply if no answer came, the status {@link unheard} if nobody listened. */
export async function ask(
  url: string,
  method: string,
  { token = '', body }: { token?: string; body?: object } = {},
): Promise<Reply | undefined> {
  const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
  try {
    const reply = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const retryAfter = reply.headers.has('retry-after');
    return { status: reply.status, json: Object(await reply.json()), retryAfter };
  } catch (fault) {
    const refused = fault instanceof Error && Object(fault.cause).code === 'ECONNREFUSED';
    return refused ? { status: unheard, json: {}, retryAfter: false } : undefined;
  }
}

export async function tokenFor(email: string, api: string, mailbox: string): Promise<string> {
  await ask(`${api}/links`, 'POST', { body: { email } });
  const store = await (await fetch(`${mailbox}/store`)).text();
  const mail = JSON.parse(store).emails.findLast((one: { destination: { to: string[] } }) =>
    one.destination.to.includes(email),
  );
  const [link = ''] = /http:\/\/localhost:\d+\/links\/[\w.-]+/.exec(JSON.stringify(mail)) ?? [];
  return String((await ask(link, 'POST'))?.json.token);
}

import * as v from 'valibot';
import { changeLogin, endLogin, getLogin, useLogin } from './demo-login';
import { call, codeOf, must, read, type Tell, withClient } from './demo-tools';
import { firstMember } from './seed';
import type { Service } from './service';

/** The whole story of mongogrant, step by step. Throws at the first step that does not happen as it must. */
export async function story(service: Service, tell: Tell): Promise<void> {
  const token = await getToken(service, tell);
  const first = await getLogin(service, tell, token);
  await withClient(first.uri, async (client) => {
    await useLogin(tell, client);
    const second = await changeLogin(service, tell, token, first);
    await endLogin(service, tell, token, second, client);
  });
  await endTokens(service, tell, token);
}

async function getToken({ api, mailbox }: Service, tell: Tell): Promise<string> {
  let link = '';
  let token = '';
  await tell(`${firstMember} asks for a link`, async () => {
    const { msg } = read(
      v.object({ msg: v.string() }),
      await call(202, 'POST', `${api}/links`, { json: { email: firstMember } }),
    );
    return `202, "${msg}"`;
  });
  await tell('A mail arrives', async () => {
    const mails = read(
      v.object({
        emails: v.array(
          v.object({
            subject: v.string(),
            destination: v.object({ to: v.array(v.string()) }),
            body: v.object({ text: v.string() }),
          }),
        ),
      }),
      await call(200, 'GET', `${mailbox}/store`),
    );
    const mail = mails.emails.findLast(({ destination }) => destination.to.includes(firstMember));
    link = mail?.body.text.split(/\s/).find((word) => word.startsWith(`${api}/links/`)) ?? '';
    must(link !== '', 'There is no mail with a link');
    return `"${mail?.subject}", with a link to ${api}/links/...`;
  });
  await tell('A mail scanner opens the link, twice', async () => {
    for (const method of ['HEAD', 'GET']) await call(200, method, link, { accept: 'text/html' });
    const { body } = await call(200, 'GET', link, { accept: 'text/html' });
    must(typeof body === 'string' && body.includes('<form'), 'The page has no button');
    return '200, a page with a button; the link is not spent';
  });
  await tell('The button is pressed', async () => {
    ({ token } = read(
      v.object({ token: v.string(), email: v.literal(firstMember), expires: v.string() }),
      await call(200, 'POST', link),
    ));
    return `200, a token of ${token.length} characters`;
  });
  await tell('The button is pressed again', async () => {
    const code = codeOf(await call(410, 'POST', link));
    must(code === 'link_used', `The code is ${code}`);
    return `410 ${code}: a link works once`;
  });
  return token;
}

async function endTokens({ api }: Service, tell: Tell, token: string): Promise<void> {
  await tell('The tokens are revoked', async () => {
    const { revoked } = read(v.object({ revoked: v.number() }), await call(200, 'DELETE', `${api}/tokens`, { token }));
    must(revoked === 1, `${revoked} were revoked`);
    return '200, 1 revoked';
  });
  await tell('The token is used once more', async () => {
    const code = codeOf(await call(401, 'GET', `${api}/me`, { token }));
    must(code === 'token_revoked', `The code is ${code}`);
    return `401 ${code}`;
  });
}

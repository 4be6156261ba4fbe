import { inspect } from 'node:util';
import { Client } from '../../../../client/index';
import { temporaryFolder } from '../../../support/temporary-folder';

const folder = temporaryFolder();
const endpoint = 'https://api.lab.org';
const begun = { msg: 'A mail is on its way.', poll: 'the-poll-secret', code: 'WDJB-MJHT', interval: 3 };
const token = { token: 'the-new-token', email: 'you@lab.org', expires: '2026-12-24T08:00:00.000Z' };
const problem = (code: string, status: number) => Response.json({ code, detail: 'Begin again.' }, { status });

/** A client whose API gives these answers in turn, and the last one again and again. */
function clientWith(answers: (() => Response)[]) {
  const asked: string[] = [];
  const waited: number[] = [];
  const client = new Client({
    settings: folder.path('settings.json'),
    sleep: async (seconds) => void waited.push(seconds),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
      return answer?.() ?? Response.error();
    },
  });
  return { client, asked, waited };
}
const pending = () => Response.json({ status: 'pending' }, { status: 202 });
const start = () => Response.json(begun, { status: 202 });

test('the code is shown, and the token noted once the code was typed', async () => {
  const { client, asked, waited } = clientWith([start, pending, pending, () => Response.json(token)]);
  const shown: string[] = [];
  const login = await client.login({ email: 'you@lab.org', endpoint, onCode: (...said) => void shown.push(...said) });
  expect(login).toEqual({ email: token.email, expires: token.expires, endpoint });
  expect(shown).toEqual([begun.code, begun.msg]);
  const poll = 'POST /links/poll {"poll":"the-poll-secret"}';
  expect(asked).toEqual(['POST /links {"email":"you@lab.org","terminal":true}', poll, poll, poll]);
  expect(waited).toEqual([3, 3, 3]);
  expect(await client.remotes()).toEqual([{ endpoint, token: token.token }]);
});

test('a link that is over ends the wait, with nothing noted and no secret in the error', async () => {
  const { client, asked } = clientWith([start, pending, () => problem('link_used', 410)]);
  const failure = await client
    .login({ email: 'you@lab.org', endpoint, onCode: () => {} })
    .catch((fault: unknown) => fault);
  expect(failure).toMatchObject({ code: 'link_used', status: 410 });
  expect(inspect(failure, { depth: 20 })).not.toContain('the-poll-secret');
  expect(asked).toHaveLength(3);
  expect(await client.remotes()).toEqual([]);
});

test('whoever gives up is not polled for any more', async () => {
  const { client, asked } = clientWith([start, pending]);
  const given = new AbortController();
  const login = { email: 'you@lab.org', endpoint, onCode: () => given.abort(), signal: given.signal };
  await expect(client.login(login)).rejects.toMatchObject({ code: 'link_unanswered' });
  expect(asked).toHaveLength(1);
});

test('a link is not asked for twice, as that would be two mails', async () => {
  const { client, asked } = clientWith([() => problem('internal', 503)]);
  await expect(client.login({ email: 'you@lab.org', endpoint, onCode: () => {} })).rejects.toMatchObject({
    status: 503,
  });
  expect(asked).toHaveLength(1);
});

test('an outage of minutes is waited out; one that does not end is told', async () => {
  const lost = (): Response => {
    throw new TypeError('fetch failed');
  };
  const silence = Array.from({ length: 60 }, () => lost);
  const waits = clientWith([start, pending, ...silence, () => Response.json(token)]);
  const login = { email: 'you@lab.org', endpoint, onCode: () => {} };
  expect(await waits.client.login(login)).toMatchObject({ email: token.email });
  const gone = clientWith([start, lost]);
  await expect(gone.client.login(login)).rejects.toMatchObject({ code: 'no_answer' });
  expect(gone.waited.reduce((sum, seconds) => sum + seconds)).toBeGreaterThan(200);
  expect(gone.asked.length).toBeLessThan(150);
});

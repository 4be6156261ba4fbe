import { linkIn, openStage, type Stage } from '../support/stage';

let stage: Stage;
let admin: string;
const email = 'you@example.com';
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 10_000, linksPerHourPerIp: 100_000 });
  admin = await stage.tokenFor('admin@example.com');
  const rule = { email, host: stage.host, db: '*', role: 'read', which: 'allow' };
  await stage.ask('PUT', '/rules', { token: admin, body: rule });
});
afterEach(() => {
  stage.outside.before = undefined;
  stage.outside.after = undefined;
});
afterAll(() => stage.close());

/** A login of a terminal, and the link that was mailed for it. */
async function begin() {
  const { json } = await stage.ask('POST', '/links', { body: { email, terminal: true } });
  const mail = stage.mails.at(-1);
  if (!mail) throw new Error('no mail');
  return { poll: String(json.poll), code: String(json.code), link: linkIn(mail) };
}
type Login = Awaited<ReturnType<typeof begin>>;

const type = ({ link, code }: Login) => stage.ask('POST', link, { body: { code } });
const poll = ({ poll }: Login) => stage.ask('POST', '/links/poll', { body: { poll } });
const revoke = () => stage.ask('DELETE', `/tokens?email=${email}`, { token: admin });
const me = async (token: string) => (await stage.ask('GET', '/me', { token })).status;

test('ending the tokens of a person also ends a login that was confirmed and not fetched yet', async () => {
  const login = await begin();
  expect((await type(login)).status).toBe(200);
  expect((await revoke()).json).toEqual({ revoked: 1 });
  expect((await poll(login)).json).toMatchObject({ status: 410, code: 'link_used' });
});

test('a login that is fetched while the tokens are ended is ended as well, whichever call comes first', async () => {
  for (const [held, other] of [
    [poll, revoke],
    [revoke, poll],
  ] as const) {
    for (let at = 1; at <= 6; at++) {
      const login = await begin();
      await type(login);
      let between: Promise<{ status: number }> | undefined;
      stage.outside.calls.length = 0;
      stage.outside.before = async (_, index) => {
        if (index !== at) return;
        stage.outside.before = undefined;
        between = (other as typeof poll)(login);
        await between;
      };
      const first = await (held as typeof poll)(login);
      stage.outside.before = undefined;
      const answers = [first, await (between ?? (other as typeof poll)(login))] as { json?: { token?: string } }[];
      const tokens = answers.flatMap(({ json }) => json?.token ?? []);
      for (const token of tokens) expect([held.name, at, await me(token)]).toEqual([held.name, at, 401]);
    }
  }
});

test.each([['before' as const], ['after' as const]])(
  'a code or a poll that is cut off %s any of its calls leaves a login that goes on, or is over',
  async (when) => {
    let cuts = 0;
    for (const step of [type, poll]) {
      for (let at = 1, cut = true; cut; at++) {
        const login = await begin();
        if (step === poll) await type(login);
        cut = false;
        stage.outside.calls.length = 0;
        stage.outside[when] = (_, index) => {
          if (index !== at) return;
          cut = true;
          throw new Error('cut off');
        };
        const { status } = await step(login);
        stage.outside[when] = undefined;
        expect(status).toBe(cut ? 500 : 200);
        if (!cut) continue;
        cuts += 1;
        if (step === type) expect([200, 410]).toContain((await type(login)).status);
        const { status: fetched, json } = await poll(login);
        // Where the write came through, the token is lost with the answer, and nobody has it.
        expect([at, fetched]).toEqual([at, step === type ? 200 : fetched === 410 ? 410 : 200]);
        if (fetched === 200) expect(await me(json.token)).toBe(200);
        expect((await poll(login)).status).toBe(410);
      }
    }
    expect(cuts).toBeGreaterThanOrEqual(6);
  },
);

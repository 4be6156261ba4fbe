import { allItems, later, linkIn, mailedLink, openStage, type Stage } from '../support/stage';

const browser = { headers: { accept: 'text/html,application/xhtml+xml' } };
const email = 'admin@example.com';
let stage: Stage;

beforeAll(async () => {
  stage = await openStage({ labName: 'Materials Lab', contact: 'help@lab.org', linkCooldown: '0 s', linksPerDay: 100 });
});
afterAll(() => stage.close());
const get = (path: string) => stage.ask('GET', path, browser);
const press = (path: string, form = '') => stage.ask('POST', path, { ...browser, form });
const rows = async () => (await allItems()).filter(({ pk }) => !String(pk).startsWith('audit#')).length;

const button = `<input type="hidden" name="email" value="${email}"><button class="main">Mail me a new link</button>`;

describe('the start page', () => {
  test('says what this is and who runs it, and has a form that asks for a link', async () => {
    const { status, text } = await get('/');
    expect(status).toBe(200);
    expect(text).toContain('<h1>MongoDB logins of Materials Lab</h1>');
    expect(text).toContain(
      '<strong>Materials Lab</strong> runs this mongogrant. Questions? Ask <a href="mailto:help@lab.org"',
    );
    expect(text).toContain('mgrant login you@lab.org --endpoint https://api.example.org<');
    expect(text).toMatch(/<form method="post" action="\.\.\/links">\n<label for="email">/);
  });

  test('tells a program that this is mongogrant, and no version', async () => {
    const { status, json } = await stage.ask('GET', '/');
    expect([status, json]).toEqual([200, { name: 'mongogrant', labName: 'Materials Lab', contact: 'help@lab.org' }]);
  });

  test('reads and writes nothing', async () => {
    const before = stage.outside.calls.length;
    await get('/');
    expect(stage.outside.calls).toHaveLength(before);
  });
});

describe('who asks for a link with the form', () => {
  test('gets the same words as a program, for an address that is known and for one that is not', async () => {
    const { json } = await stage.ask('POST', '/links', { body: { email } });
    const known = await press('/links', `email=${encodeURIComponent(email)}`);
    const stranger = await press('/links', 'email=nobody%40nowhere.example');
    expect([known.status, stranger.status]).toEqual([202, 202]);
    expect(known.text).toContain(`<p>${json.msg}</p>`);
    expect(known.text.replaceAll(email, 'X')).toBe(stranger.text.replaceAll('nobody@nowhere.example', 'X'));
    expect(stage.mails.at(-1)).toMatchObject({ to: email });
  });

  test('is told in words that the address is none', async () => {
    const { status, text } = await press('/links', 'email=nobody');
    expect(status).toBe(400);
    expect(text).toContain(
      '<h1>That is not quite right</h1>\n<p>email: must be an e-mail address such as you@lab.org</p>',
    );
    expect(text).toMatch(/<p class="fine">invalid_request · requestId request-\w+<\/p>/);
  });

  test('gets JSON as a terminal, which must read the code', async () => {
    const { json } = await press('/links', `email=${email}&terminal=true`);
    expect(json).toMatchObject({ code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/) });
  });
});

describe('a link that is over', () => {
  test.each(['a reload of the page that shows the token', 'opening it again'])(
    'used, %s: one button asks for another',
    async (how) => {
      const link = await mailedLink(stage);
      await press(link);
      const { status, text } = await (how.startsWith('a reload') ? press(link) : get(link));
      expect(status).toBe(410);
      expect(text).toContain('<h1>This link has been used</h1>');
      expect(text).toContain('If that was you, you have your token already.');
      expect(text).toContain(button);
    },
  );

  test('showing its page mails nothing and writes nothing; the button mails one link to its owner', async () => {
    const link = await mailedLink(stage);
    await press(link);
    const [mails, before] = [stage.mails.length, await rows()];
    for (let n = 0; n < 5; n++) await get(link);
    expect([stage.mails.length, await rows()]).toEqual([mails, before]);
    expect((await press('/links', `email=${encodeURIComponent(email)}`)).status).toBe(202);
    expect(stage.mails.slice(mails).map(({ to }) => to)).toEqual([email]);
  });

  test('expired: one button asks for another', async () => {
    const link = await mailedLink(stage);
    later(stage, 16 * 60);
    const { status, text } = await get(link);
    expect([status, text]).toEqual([410, expect.stringContaining('<h1>This link has expired</h1>')]);
    expect(text).toContain(button);
  });

  test('never mailed: the page knows no address, and asks for it', async () => {
    const { status, text } = await get('/links/nothing');
    expect([status, text]).toEqual([404, expect.stringContaining('<h1>This link is not known</h1>')]);
    expect(text).toContain('<label for="email">Your e-mail address</label>');
    expect(text).not.toContain('type="hidden"');
  });

  test('forgotten: a forged one shows nobody its address', async () => {
    const genuine = await mailedLink(stage);
    const forged = genuine.slice(0, -1) + (genuine.endsWith('A') ? 'B' : 'A');
    expect((await get(forged)).text).not.toContain(email);
  });
});

describe('the link of a terminal login', () => {
  async function login() {
    const { json } = await stage.ask('POST', '/links', { body: { email, terminal: true } });
    const mail = stage.mails.at(-1);
    if (!mail) throw new Error('no mail');
    return { link: linkIn(mail), code: String(json.code) };
  }
  const again = `mgrant login ${email} --endpoint https://api.example.org`;

  test('after the right code, a reload or another look says that all is done, and begins nothing', async () => {
    const { link, code } = await login();
    expect((await press(link, `code=${code}`)).text).toContain('<h1>Go back to your terminal</h1>');
    for (const { status, text } of [await press(link, `code=${code}`), await get(link)]) {
      expect([status, text]).toEqual([410, expect.stringContaining('<h1>This login is done</h1>')]);
      expect(text).not.toContain(again);
      expect(text).not.toContain('<form');
    }
  });

  test('after five wrong codes, and after its end, the page has the line that begins again', async () => {
    const { link } = await login();
    for (let n = 0; n < 4; n++) await press(link, 'code=BCDF-GHJK');
    const over = await press(link, 'code=BCDF-GHJK');
    expect([over.status, over.text]).toEqual([403, expect.stringContaining('<h1>This login is over</h1>')]);
    const used = await get(link);
    const { link: late } = await login();
    later(stage, 16 * 60);
    for (const { text } of [over, used, await get(late)]) expect(text).toContain(again);
  });
});

test('a browser at an address without a page is told so in words; a program gets its problem document', async () => {
  const { status, text } = await get('/nothing');
  expect([status, text]).toEqual([404, expect.stringContaining('<h1>There is nothing here</h1>')]);
  expect(text).toContain('<a href="https://api.example.org/">To the start page</a>');
  expect((await stage.ask('GET', '/nothing')).json).toMatchObject({ code: 'not_found' });
});

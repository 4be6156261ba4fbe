import { newLink } from '../../shared/tokens/tokens';
import { allItems, later, mailedLink, openStage, type Stage } from '../support/stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000 });
});
afterAll(() => stage.close());

const browser = { headers: { accept: 'text/html,application/xhtml+xml' } };

test('a link shows a page with one button, and never spends it', async () => {
  const link = await mailedLink(stage);
  for (const method of ['GET', 'HEAD', 'GET']) {
    const page = await stage.ask(method, link);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  }
  expect((await stage.ask('POST', link)).status).toBe(200);
});

test('a link is redeemed for a token that works', async () => {
  const { json, headers } = await stage.ask('POST', await mailedLink(stage));
  expect(json).toEqual({
    token: expect.stringMatching(/^ey/),
    email: 'admin@example.com',
    expires: '2026-12-24T08:00:00.000Z',
  });
  expect(headers['cache-control']).toBe('no-store');
  const me = await stage.ask('GET', '/me', { token: json.token });
  expect(me.json).toMatchObject({ email: 'admin@example.com', admin: true });
});

test('a browser gets the token as a page', async () => {
  const page = await stage.ask('POST', await mailedLink(stage), { ...browser, form: '' });
  expect(page.status).toBe(200);
  expect(page.text).toMatch(/ey[\w-]+\.[\w-]+\.[\w-]+/);
});

test('a used, an expired and an unknown link are told apart, also on a page', async () => {
  const used = await mailedLink(stage);
  await stage.ask('POST', used);
  const expired = await mailedLink(stage);
  later(stage, 15 * 60);
  const fresh = await mailedLink(stage);
  const forged = `${fresh.slice(0, -4)}AAAA`;
  for (const [link, status, code] of [
    [used, 410, 'link_used'],
    [expired, 410, 'link_expired'],
    [forged, 404, 'link_unknown'],
    ['/links/x', 404, 'link_unknown'],
    [`/links/${'%2e%2e%2f'.repeat(4)}`, 404, 'link_unknown'],
  ] as const) {
    for (const method of ['GET', 'POST']) {
      const answer = await stage.ask(method, link);
      expect([answer.status, answer.json.code]).toEqual([status, code]);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      const page = await stage.ask(method, link, browser);
      expect(page.status).toBe(status);
      expect(page.text).toContain('/links');
    }
  }
  expect((await stage.ask('POST', fresh)).status).toBe(200);
});

test('a newer link does not cancel an older one', async () => {
  const [older, newer] = [await mailedLink(stage), await mailedLink(stage)];
  expect((await stage.ask('POST', older)).status).toBe(200);
  expect((await stage.ask('POST', newer)).status).toBe(200);
});

test('a link that was never mailed leaves no trace', async () => {
  const genuine = await mailedLink(stage);
  const before = await allItems();
  const forged = newLink({ key: 'x'.repeat(64), older: [] }, 'admin@example.com').link;
  for (const link of [
    `/links/${forged}`,
    genuine.replace(/\/links\/[^.]+/, `/links/${Buffer.from('other@example.com').toString('base64url')}`),
  ]) {
    const { status, json } = await stage.ask('POST', link);
    expect([status, json.code]).toEqual([404, 'link_unknown']);
  }
  expect(await allItems()).toEqual(before);
});

test('neither a link nor a token is at rest or in the logs', async () => {
  const link = await mailedLink(stage);
  const { json } = await stage.ask('POST', link);
  const secret = link.slice(-54, -22);
  const kept = JSON.stringify([await allItems(), stage.logged]);
  expect(kept).not.toContain(secret);
  expect(kept).not.toContain(String(json.token).split('.')[2]);
});

test('what the redeem route is not made for is refused', async () => {
  const link = await mailedLink(stage);
  const extra = await stage.ask('POST', link, { body: { email: 'other@example.com' } });
  expect([extra.status, extra.json.code]).toEqual([400, 'invalid_request']);
  expect((await stage.ask('POST', link)).status).toBe(200);
});

import { story } from '../../local/demo-story';
import { anyPorts, type Service, startService } from '../../local/service';

let service: Service;
beforeAll(async () => {
  service = await startService({ ports: anyPorts, settings: { linkCooldown: '0 s', linksPerDay: 100 } });
});
afterAll(() => service.close());

type Cheat = (ask: () => Promise<Response>, method: string, path: string) => Promise<Response>;

/** Tells the story while somebody stands between it and the service; the step at which it stopped, and why. */
async function tellWith(cheat: Cheat): Promise<{ last: string; why: string }> {
  const real = globalThis.fetch;
  let last = '';
  globalThis.fetch = (input, init) =>
    cheat(() => real(input, init), init?.method ?? 'GET', new URL(String(input)).pathname);
  try {
    await story(service, async (does, act) => {
      last = does;
      await act();
    });
    return { last, why: '' };
  } catch (error) {
    return { last, why: String(error) };
  } finally {
    globalThis.fetch = real;
  }
}

test('the story is told to its end where everything is true', async () => {
  expect(await tellWith((ask) => ask())).toEqual({ last: 'The token is used once more', why: '' });
});

test('a revoke that only claims to have happened is found out', async () => {
  const told = await tellWith(async (ask, method) =>
    method === 'DELETE' ? Response.json({ revoked: [{}], pending: [] }) : ask(),
  );
  expect(told).toEqual({ last: 'It tries to log in', why: 'Error: The server let this happen' });
});

test('a status that differs ends the story at its step', async () => {
  const told = await tellWith(async (ask, _method, path) =>
    path === '/me' ? new Response(null, { status: 204 }) : ask(),
  );
  expect(told.last).toBe('Who am I, and what may I use?');
  expect(told.why).toContain('GET answered 204, not 200');
});

test('a code that differs ends the story at its step', async () => {
  const told = await tellWith(async (ask) => {
    const response = await ask();
    return response.status === 410 ? Response.json({ code: 'link_expired' }, { status: 410 }) : response;
  });
  expect(told).toEqual({ last: 'The button is pressed again', why: 'Error: The code is link_expired' });
});

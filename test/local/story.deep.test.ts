import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { anyPorts, type Service, startService } from '../../local/service';
import { inCommands, takeStory } from '../../local/story';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
let service: Service;
beforeAll(async () => {
  service = await startService({ ports: anyPorts, settings: { linkCooldown: '0 s', linksPerDay: 100 } });
});
afterAll(() => service.close());

type Cheat = (ask: () => Promise<Response>, method: string, path: string) => Promise<Response>;

/** Takes the story while somebody stands between it and the service; the last line that was told, and why it stopped. */
async function takeWith(cheat: Cheat): Promise<{ last: string; why: string }> {
  const real = globalThis.fetch;
  let last = '';
  globalThis.fetch = (input, init) =>
    cheat(() => real(input, init), init?.method ?? 'GET', new URL(String(input)).pathname);
  try {
    await takeStory(service, (line) => {
      last = line.trim();
    });
    return { last, why: '' };
  } catch (error) {
    return { last, why: String(error) };
  } finally {
    globalThis.fetch = real;
  }
}

test('the documents tell the same story, at the usual addresses', () => {
  const page = readFileSync('docs/http.md', 'utf8');
  const usual = { api: 'http://localhost:3000', mailbox: 'http://localhost:8005', host: 'localhost:27020' };
  expect(page).toContain(`\`\`\`sh\n${inCommands(usual)}\n\`\`\`\n`);
});

test('its commands do what they say when they are pasted, and put the token into no argument', async () => {
  const env = { PATH: process.env.PATH ?? '', ARGUMENTS: folder.path('arguments') };
  const seen = `mongosh() { :; }\ncurl() { printf '%s\\n' "$@" >> "$ARGUMENTS"; command curl "$@"; }`;
  const { stdout } = await promisify(execFile)('bash', ['-c', `${seen}\n${inCommands(service)}\necho "$TOKEN"`], {
    env,
  });
  const [sent, me, uri, revoked, token = ''] = stdout.trim().split('\n');
  expect(sent).toContain('msg');
  expect(me).toContain('you@example.com');
  expect(uri).toMatch(/^mongodb:.*\/demo\?/);
  expect(JSON.parse(revoked ?? '')).toMatchObject({ revoked: [{ db: 'demo', state: 'ended' }], pending: [] });
  expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect(readFileSync(env.ARGUMENTS, 'utf8')).not.toContain(token);
});

test('the story is told to its end where everything is true', async () => {
  expect(await takeWith((ask) => ask())).toEqual({
    last: 'a connection that was open before is refused with 13',
    why: '',
  });
});

test('a revoke that only claims to have happened is found out', async () => {
  const told = await takeWith(async (ask, method) =>
    method === 'DELETE' ? Response.json({ revoked: [{}], pending: [] }) : ask(),
  );
  expect(told).toEqual({ last: '200, 1 revoked, 0 pending', why: 'Error: The server let this happen' });
});

test('a status that differs ends the story at its step', async () => {
  const told = await takeWith(async (ask, _method, path) =>
    path === '/me' ? new Response(null, { status: 204 }) : ask(),
  );
  expect(told.last).toBe('# 3. See who you are and what you may use.');
  expect(told.why).toContain('GET answered 204, not 200');
});

test('a code that differs ends the story at its step', async () => {
  const told = await takeWith(async (ask) => {
    const response = await ask();
    return response.status === 410 ? Response.json({ code: 'link_expired' }, { status: 410 }) : response;
  });
  expect(told.last).toMatch(/^the button gives 200/);
  expect(told.why).toBe('Error: The code is link_expired');
});

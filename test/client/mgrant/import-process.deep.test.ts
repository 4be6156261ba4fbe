import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { buildClient } from '../../../client/package/build-client';
import { openPythonServer, type PythonServer } from '../../support/python-server';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let python: PythonServer;
let server: Server;
let settings: object;

beforeEach(async () => {
  python = await openPythonServer();
  // The API of the stage, for another process.
  server = createServer(async (request, response) => {
    const token = request.headers.authorization?.replace('Bearer ', '');
    const body = await text(request);
    const {
      status,
      headers,
      text: answer,
    } = await python.ask(request.method ?? '', request.url ?? '', { token, body });
    response.writeHead(status, headers).end(answer);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const at = server.address();
  const port = typeof at === 'object' ? at?.port : 0;
  const remotes = [{ endpoint: `http://127.0.0.1:${port}`, token: python.admin }];
  settings = { fetch: { remotes, host_aliases: {}, db_aliases: {} }, auth: [] };
  await writeFile(folder.path('.mongogrant.json'), JSON.stringify(settings), { mode: 0o600 });
  await buildClient(folder.path('dist'));
  await writeFile(folder.path('package.json'), '{ "type": "module" }');
  await symlink(resolve('node_modules'), folder.path('node_modules'));
}, 60_000);
afterEach(async () => {
  server.close();
  await python.close();
});

function start() {
  const env = {
    ...{ ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: undefined },
    ...{ HOME: folder.path(''), MONGOGRANT_TABLE: 'mongogrant' },
  };
  const child = spawn(process.execPath, [folder.path('dist/mgrant.js'), 'import', '-', '--yes', '--json'], { env });
  child.stdin.end(python.uri);
  const ended = once(child, 'close').then(([code, signal]) => signal ?? code);
  return { child, ended, out: text(child.stdout), err: text(child.stderr) };
}

const active = async () => (await python.rows()).filter(({ state }) => state === 'active');

test('Ctrl-C ends the built program after what is under way, with every row tagged; the same again does the rest', async () => {
  const logins = 150;
  for (let index = 0; index < logins; index += 1) await python.granted(`p${index}@lab.org`, 'fw');
  const first = start();
  while ((await active()).length === 0);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(1);
  expect(await first.err).toContain('Stopping after what is under way');
  // Nor does the AWS SDK say anything about this Node.
  expect(await first.err).not.toContain('Warning');
  const { complete, adopted, notReached } = JSON.parse(await first.out);
  expect([complete, adopted + notReached]).toEqual([false, logins]);
  expect(notReached).toBeGreaterThan(0);
  const rows = await active();
  expect(rows).toHaveLength(adopted);
  for (const { username, id } of rows)
    expect((await python.userNamed(String(username), 'fw'))?.customData.mongogrant.grant).toBe(id);

  const second = start();
  expect(await second.ended).toBe(0);
  expect(JSON.parse(await second.out)).toMatchObject({ complete: true, adopted: notReached, left: [] });
}, 120_000);

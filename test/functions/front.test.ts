import { loadFunctions, setEnvironment } from '../../local/functions';
import { startGateway } from '../../local/gateway';
import { secretWriter } from '../../shared/aws/secrets-manager';
import { allRoutes } from '../../shared/contract/routes';
import { frontHeader, viewerHeader } from '../../shared/http/front';
import { openSecretsManager } from '../support/local-secrets';

const key = 'f'.repeat(64);
const opened: { close(): Promise<void> }[] = [];
let api: string;
beforeAll(async () => {
  const secrets = await openSecretsManager();
  opened.push(secrets);
  for (const name of ['front-key', 'signing-key', 'link-key'])
    await secretWriter().create(`mongogrant/${name}`, JSON.stringify({ key, older: [] }));
  const environment = {
    tableName: 'mongogrant',
    stackName: 'mongogrant',
    settings: JSON.stringify({ admins: ['admin@example.com'], mailFrom: 'no-reply@example.com' }),
    origin: 'https://grants.lab.org',
    // Nobody gets as far as there.
    dynamodb: 'http://127.0.0.1:9',
    secretsManager: `http://127.0.0.1:${secrets.port}`,
    ses: 'http://127.0.0.1:9',
  };
  setEnvironment(environment);
  process.env.FRONT = 'required';
  const functions = await loadFunctions(environment);
  const gateway = await startGateway({ port: 0 });
  gateway.serve(functions.handlers);
  api = `http://127.0.0.1:${gateway.port}`;
  opened.push(gateway, functions);
});
afterAll(async () => {
  for (const one of opened) await one.close();
});

const targets = allRoutes.map(({ method, path }) => [method, path.replace(/\{\w+\}/g, 'x')] as const);
const code = async (method: string, path: string, headers: Record<string, string>) => {
  const answer = await fetch(`${api}${path}`, { method, headers, redirect: 'manual' });
  return [answer.status, await answer.text()] as const;
};

test.each([...targets, ['GET', '/nowhere'] as const])(
  '%s %s of the deployed functions answers nobody who goes around the front',
  async (method, path) => {
    const wrong = { [frontHeader]: 'g'.repeat(64), [viewerHeader]: '198.51.100.10:46532' };
    for (const headers of [{ accept: '*/*' }, wrong])
      expect(await code(method, path, headers)).toEqual([
        403,
        expect.stringContaining('Send the request to https://grants.lab.org.'),
      ]);
  },
);

test('they answer what came through it', async () => {
  const through = { [frontHeader]: key, [viewerHeader]: '[2001:db8::1]:46532' };
  expect(await code('GET', '/me', through)).toEqual([401, expect.stringContaining('token_missing')]);
  expect(await code('GET', '/nowhere', through)).toEqual([404, expect.stringContaining('not_found')]);
});

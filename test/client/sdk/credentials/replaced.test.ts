import { writeFile } from 'node:fs/promises';
import type { Client } from '../../../../client/index';
import { clientStage } from '../../../support/client-stage';
import { later } from '../../../support/stage';
import { endpoint, stageFetch } from '../../../support/stage-fetch';

const on = clientStage();
const day = 24 * 3600;
const held = (client: Client, confirm = false) => client.getAuth(on.stage.host, 'demo', 'rw', { confirm });
const counted = (request: string) => on.asked.filter((one) => one === request).length;
const replaced =
  /^The password for readWrite:.*\/demo \(no label, user .*\) was replaced.*under the same label at 2026-11-/;

/** Another machine with a settings file of its own, and the same token. */
async function otherMachine(): Promise<Client> {
  const [remote] = await on.clientOf().remotes();
  const other = on.clientOf({}, 'other');
  await other.setRemote(endpoint, remote?.token ?? '');
  return other;
}

async function works({ username, password }: { username: string; password: string }): Promise<boolean> {
  return on.stage.login(username, password, 'demo').then(
    () => true,
    () => false,
  );
}

test.each([true, false])(
  'a held password that was replaced elsewhere is noticed before it is handed on, and gives way to one that works (each time: %s)',
  async (confirm) => {
    const first = await held(await on.member());
    expect(first.passwordVersion).toBe(1);
    const theirs = await held(await otherMachine());
    const second = await held(on.clientOf(), confirm);
    expect([await works(first), await works(theirs), await works(second)]).toEqual([false, false, true]);
    expect(second.passwordVersion).toBe(3);
    expect(on.warnings).toEqual([expect.stringMatching(replaced)]);
    expect(await held(on.clientOf(), confirm)).toEqual(second);
    expect(counted('POST /grants')).toBe(3);
  },
);

test('a renewal notices it, too', async () => {
  const client = await on.member();
  const first = await held(client);
  await held(await otherMachine());
  later(on.stage, 29.5 * day);
  const second = await held(client);
  expect(second.password).not.toBe(first.password);
  expect(await works(second)).toBe(true);
  expect(on.warnings).toEqual([expect.stringMatching(replaced)]);
  expect(counted('POST /grants/renew')).toBe(1);
});

test('what another process with this file has got meanwhile is taken up, and nobody is blamed twice', async () => {
  await held(await on.member());
  await held(await otherMachine());
  const sooner = on.clientOf();
  let swapped: Awaited<ReturnType<typeof held>> | undefined;
  const slower = on.clientOf({
    fetch: async (...request) => {
      swapped ??= await held(sooner);
      return stageFetch(on.stage).fetch(...request);
    },
  });
  const taken = await held(slower);
  expect(taken).toEqual(swapped);
  expect(await works(taken)).toBe(true);
  expect(on.warnings).toEqual([expect.stringMatching(replaced)]);
  expect(counted('POST /grants')).toBe(3);
});

test('one that release 0.1.0 noted, which counted nothing, stays as it is', async () => {
  const client = await on.member();
  const first = await held(client);
  const settings = JSON.parse(await on.text());
  for (const known of settings.mongogrant.credentials) delete known.passwordVersion;
  await writeFile(on.folder.path('you.json'), JSON.stringify(settings));
  await held(await otherMachine());
  expect((await held(on.clientOf(), true)).password).toBe(first.password);
  expect(on.warnings).toEqual([]);
});

test('where the service can’t be asked the held one is used, in silence by the library', async () => {
  const first = await held(await on.member());
  await held(await otherMachine());
  const silent = on.clientOf({}, 'you', () => new Response('', { status: 503 }));
  expect(await held(silent)).toEqual(first);
  expect(on.warnings).toEqual([]);
});

describe('without a label, on purpose', () => {
  const unlabelled = (client: Client) => client.getAuth(on.stage.host, 'demo', 'rw', { label: '' });
  const warned = () => [
    `Without a label, this replaces the password for readWrite:${on.stage.host}/demo (user you_example.com_readWrite) everywhere: the password that was given at 2026-11-24 08:00 UTC stops working. Use a label to get a login of its own.`,
  ];

  test('a person is warned before a password is replaced everywhere', async () => {
    await unlabelled(await on.member());
    expect(on.warnings).toEqual([]);
    later(on.stage, 3600);
    let first: string[] | undefined;
    const [remote] = await on.clientOf().remotes();
    const other = on.clientOf({}, 'other', ({ method }) => {
      if (method === 'POST') first ??= [...on.warnings];
      return undefined;
    });
    await other.setRemote(endpoint, remote?.token ?? '');
    await unlabelled(other);
    expect(first).toEqual(warned());
    expect(on.warnings).toEqual(warned());
  });

  test('nobody is warned of a login that has ended, that is held here, or that has another role', async () => {
    const client = await on.member();
    await client.getAuth(on.stage.host, 'demo', 'ro', { label: '' });
    await unlabelled(client);
    await unlabelled(on.clientOf());
    const other = await otherMachine();
    await (await on.admin()).revoke({ email: 'you@example.com' });
    await unlabelled(other);
    expect(on.warnings).toEqual([]);
  });

  test('a service that does not answer the question is asked for the login all the same', async () => {
    const client = on.clientOf({}, 'you', ({ method }) =>
      method === 'GET' ? new Response('', { status: 503 }) : undefined,
    );
    await client.setRemote(endpoint, await on.stage.tokenFor('you@example.com'));
    expect(await works(await unlabelled(client))).toBe(true);
  });
});

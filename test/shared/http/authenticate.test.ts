import { awsSecrets } from '../../../shared/aws/secrets';
import { parseSettings } from '../../../shared/aws/settings';
import { verifyClaims } from '../../../shared/http/authenticate';
import { parseEvent } from '../../../shared/http/request';
import { signToken } from '../../../shared/tokens/fetch-tokens';
import { memoryTable } from '../../support/memory-table';
import { eventOf } from '../../support/stage';

const settings = parseSettings({ admins: ['admin@example.com'], mailFrom: 'no-reply@example.com' });
const keys = { key: 'k'.repeat(64), older: [] };
const start = new Date('2026-11-24T08:00:00.000Z');
const claims = { email: 'ada@lab.org', id: 'a', expiresAt: start.getTime() / 1000 + 86_400 };
const tokenBy = (key: string) =>
  signToken({ key, older: [] }, 'mongogrant:lab', { ...claims, issuedAt: start.getTime() / 1000 });

test('while Secrets Manager is away a stranger’s token is refused, and everybody else’s goes on', async () => {
  let away = false;
  let clock = start.getTime();
  const get = async () => {
    if (away) throw new Error('ThrottlingException');
    return { text: JSON.stringify(keys), version: '1' };
  };
  const deps = {
    table: memoryTable(),
    secrets: awsSecrets('mongogrant', () => clock, { get }),
    stackName: 'lab',
    settings,
    log: { info() {}, warn() {}, error() {} },
  };
  const ask = (token: string) =>
    verifyClaims(deps, { request: parseEvent(eventOf('GET', '/me', { token }, start), '192.0.2.1'), now: start });
  expect(await ask(tokenBy(keys.key))).toEqual(claims);
  away = true;
  for (const later of [20_000, 20_000, 300_000, 20_000]) {
    clock += later;
    await expect(ask(tokenBy('x'.repeat(64)))).rejects.toMatchObject({ code: 'token_invalid', status: 401 });
    expect(await ask(tokenBy(keys.key))).toEqual(claims);
  }
});

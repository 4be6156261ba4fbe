import { useMongod } from 'embedded-mongod/testing';
import { checkHost } from '../../../../client/admin/hosts/check-host';
import { explainSilence } from '../../../../client/admin/hosts/explain-silence';
import type { HostSecret } from '../../../../shared/aws/secrets';
import { HostUnreachable } from '../../../../shared/contract/errors';
import { mongoServers } from '../../../../shared/mongo/mongo-servers';
import { labCa, startTls } from '../../../support/lab-ca';

const now = new Date('2026-11-24T08:00:00Z');
const secret = { host: 'h.lab.org', port: 27_017, username: 'u', password: 'hunter2', authSource: 'admin' };

describe('over TLS', () => {
  const servers = mongoServers();
  let tls: Awaited<ReturnType<typeof startTls>>;
  const boss = { username: 'boss', password: 'hunter2' };
  afterAll(async () => {
    await Promise.all([servers.close(), tls.close()]);
    await server.admin.db('admin').command({ dropUser: boss.username });
  });
  // After what is above, so that it still answers then.
  const server = useMongod();
  beforeAll(async () => {
    tls = await startTls(server.port);
    await server.admin.db('admin').command({ createUser: boss.username, pwd: boss.password, roles: ['root'] });
  });
  let count = 0;
  const check = (change: Partial<HostSecret>) =>
    checkHost(
      servers,
      {
        host: {
          name: `h${count++}`,
          secret: { ...secret, host: '127.0.0.1', port: tls.port, ...boss, ssl: true, ...change },
        },
        databases: 'any',
      },
      now,
    );

  test('a certificate that no known authority signed is said, and what to do', async () => {
    const detail = expect.stringMatching(
      /^h0 answers \(127\.0\.0\.1:\d+\), but its certificate is not trusted \([A-Z_]+\): no authority that is known here signed it\. .*mgrant hosts add h0 --replace --ca FILE/,
    );
    expect(await check({})).toEqual({ host: 'h0', state: 'unusable', reason: 'unreachable', detail });
  });

  test('with its own authority the host is ready; with another one it is not trusted', async () => {
    expect(await check({ ca: labCa.ca })).toMatchObject({ state: 'checked', verdict: 'ready', tls: true, notes: [] });
    expect(await check({ ca: labCa.expired })).toMatchObject({
      detail: expect.stringContaining('no authority in its ca'),
    });
    const { ca, expired } = labCa;
    expect(await check({ ca: ca + expired })).toMatchObject({ notes: [expect.stringContaining('has expired')] });
  });

  test('a login is tried with the same trust', async () => {
    const host = { name: 'trial', secret: { ...secret, ...boss, host: '127.0.0.1', port: tls.port, ca: labCa.ca } };
    await servers.command(host, 'admin', { ping: 1 });
    const [member = ''] = servers.members(host);
    const boss256 = { user: 'boss', db: 'admin', mechanism: 'SCRAM-SHA-256' as const };
    const trial = (password: string) => servers.tryLogin(host, member, { ...boss256, password });
    expect([await trial('hunter2'), await trial('other')]).toEqual(['accepted', 'refused']);
  });

  test('a certificate for other names is said', async () => {
    // Another way to write 127.0.0.1, which is in the certificate.
    const report = await check({ ca: labCa.ca, host: '127.1' });
    expect(report).toMatchObject({
      detail: expect.stringMatching(/is for DNS:localhost, .*DNS:mongodb03\.lab\.org \(ERR_TLS_CERT_ALTNAME_INVALID\)/),
    });
  });
});

/** The fault of a driver that gave up, which knew this of the servers. */
const silence = (setName: string | null, servers: Record<string, [type: string, code?: string, message?: string]>) => {
  const known = Object.entries(servers).map(([address, [type, code, message = '']]) => {
    const error = type === 'Unknown' ? Object.assign(new Error(message), { cause: { code } }) : null;
    return [address, { type, error }] as const;
  });
  return new HostUnreachable('h', false, { cause: { reason: { setName, servers: new Map(known) } } });
};
const explained = (fault: unknown, change: Partial<HostSecret> = {}, code?: string) => {
  const own = { ...secret, ...change };
  return explainSilence({ name: 'h', secret: own }, fault, code);
};

test('members that call themselves by names unknown here are named, with what to do', () => {
  const text = explained(silence('rs1', { 'mongo-0.lab.internal:27017': ['Unknown', 'ENOTFOUND'] }), {
    host: '127.0.0.1',
  });
  expect(text).toMatch(
    /^h answers, but the members of its replica set rs1 call themselves .*mongo-0\.lab\.internal:27017 \(ENOTFOUND\)/,
  );
  expect(text).toContain('mongodb://127.0.0.1:27017/?directConnection=true');
  const several = silence('rs1', {
    'a.internal:1': ['Unknown', 'ENOTFOUND'],
    'b.internal:1': ['Unknown', 'ETIMEDOUT'],
  });
  expect(explained(several)).toContain('a.internal:1 (ENOTFOUND), b.internal:1 (ETIMEDOUT)');
});

test('a set without a primary says how many answer', () => {
  const fault = silence('rs1', {
    'h.lab.org:27017': ['RSSecondary'],
    'b:1': ['Unknown', 'ECONNREFUSED'],
    'c:1': ['Unknown'],
  });
  expect(explained(fault)).toMatch(/^1 of 3 members of h \(replica set rs1\) answer, .* No answer from b:1, c:1\./);
});

test('a certificate that has expired, or that is DocumentDB’s, says so', () => {
  expect(explained(silence(null, { 'h.lab.org:27017': ['Unknown', 'CERT_HAS_EXPIRED'] }))).toContain('has expired');
  const docdb = 'x.cluster-c2abc.eu-central-1.docdb.amazonaws.com';
  const fault = silence(null, { [`${docdb}:27017`]: ['Unknown', 'SELF_SIGNED_CERT_IN_CHAIN'] });
  expect(explained(fault, { host: docdb })).toContain('--replace --ca rds');
});

test('whoever hangs up on connections without TLS may take TLS alone', () => {
  const fault = silence(null, { 'h.lab.org:27017': ['Unknown', undefined, 'connection 1 to h closed'] });
  expect(explained(fault)).toContain('--tls');
});

test('whoever hangs up on TLS may have none', () => {
  const message = 'Client network socket disconnected before secure TLS connection was established';
  const fault = silence(null, { 'h.lab.org:27017': ['Unknown', 'ECONNRESET', message] });
  expect(explained(fault, { ssl: true })).toContain('but not with TLS');
});

test('an SRV record that is not there is named', () => {
  const cause = { code: 'ENOTFOUND', syscall: 'querySrv', hostname: '_mongodb._tcp.c.lab.org' };
  const fault = new HostUnreachable('h', false, { cause });
  expect(explained(fault, { uri: 'mongodb+srv://c.lab.org/' }, 'ENOTFOUND')).toContain(
    '_mongodb._tcp.c.lab.org (ENOTFOUND)',
  );
});

test('of what is not known nothing is made up', () => {
  expect(explained(new HostUnreachable('h', true), {}, 'ETIMEDOUT')).toMatch(/^h does not answer \(ETIMEDOUT\)\. /);
  expect(explained(new HostUnreachable('h', true))).toMatch(/^h does not answer\. /);
});

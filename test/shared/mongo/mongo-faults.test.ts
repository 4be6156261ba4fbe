import { MongoError, MongoNetworkError, MongoParseError, MongoServerError, MongoWriteConcernError } from 'mongodb';
import { type HostRefused, type HostUnreachable, hostProblem } from '../../../shared/contract/errors';
import { hostFault, isClientLost, maySendAgain } from '../../../shared/mongo/mongo-faults';

const answer = (code: number, codeName = `Code${code}`) =>
  new MongoServerError({ code, codeName, message: 'createUser: { pwd: "hunter2" }' });
const unconfirmed = (code: number) =>
  new MongoWriteConcernError({ ok: 1, writeConcernError: { code, errmsg: 'waiting for replication timed out' } });
const labelled = (label: string) => {
  const error = answer(9999);
  error.addErrorLabel(label);
  return error;
};
const queueing = Object.defineProperty(new MongoError('Timed out while checking out a connection'), 'name', {
  value: 'MongoWaitQueueTimeoutError',
});
const caused = (code: string) => Object.assign(new MongoNetworkError('no'), { cause: { code } });

/** What is told, whether the command may have arrived, and whether a write and a read are sent again at once. */
const told = (error: unknown) => {
  const fault = hostFault('h.lab.org', error, 'createUser') as HostUnreachable & HostRefused;
  return [fault.why ?? fault.refusal, fault.sent, maySendAgain(error, false), maySendAgain(error, true)];
};

test.each([10107, 13435, 13436, 189, 91, 11600, 11602, 24, 46, 112, 117, 94, 211, 391, 462, 16500])(
  'an answer of %i passes, and what was asked is asked again',
  (code) => {
    expect(told(answer(code))).toEqual(['changing', true, true, true]);
    expect(told(unconfirmed(code))).toEqual(['changing', true, true, true]);
  },
);

test.each([
  ['a router that lost sight of a shard may be at it still', answer(6), ['changing', true, false, true]],
  ['a majority that is lost is waited for no longer', unconfirmed(64), ['majority_lost', true, false, false]],
  ['nor is a command whose time was up', answer(50), ['changing', true, false, false]],
  ['the marks of server and driver', labelled('RetryableWriteError'), ['changing', true, true, true]],
  ['of an overloaded server, too', labelled('SystemOverloadedError'), ['changing', true, true, true]],
  ['our own login', answer(18), ['login_refused', false, false, false]],
  ['a missing privilege', answer(13, 'Unauthorized'), ['createUser: Unauthorized', undefined, false, false]],
  ['a majority that there can not be', unconfirmed(100), ['createUser: code 100', undefined, false, false]],
  ['a connection that broke', new MongoNetworkError('closed'), ['silent', true, false, true]],
  ['a wait for a connection of our own', queueing, ['time_up', false, false, false]],
  ['a door where nobody listens', caused('ECONNREFUSED'), ['silent', false, true, true]],
  ['a certificate', caused('SELF_SIGNED_CERT_IN_CHAIN'), ['not_trusted', false, false, true]],
  ['an option that no driver knows', new MongoParseError('no'), ['address_unusable', false, false, false]],
  ['what is no error of the driver’s', new Error('querySrv ENODATA'), ['not_found', false, false, false]],
])('%s', (_, error, expected) => {
  expect(told(error)).toEqual(expected);
});

test('who is told hears of the host, and never the words of the server', () => {
  for (const error of [
    answer(13),
    answer(18),
    answer(10107),
    unconfirmed(64),
    caused('CERT_HAS_EXPIRED'),
    new Error('x'),
  ]) {
    const problem = hostProblem(hostFault('h.lab.org', error, 'createUser')) as Error;
    expect(problem.message).toMatch(/^h\.lab\.org .*\.$/);
    expect(problem.message).not.toContain('hunter2');
  }
});

test('a client is of no more use once it lost its servers, but not for what a server answered', () => {
  expect([answer(13), caused('ECONNRESET'), queueing].map(isClientLost)).toEqual([false, false, false]);
  expect(isClientLost(new MongoParseError('no'))).toBe(true);
});

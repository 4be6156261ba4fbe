import type { EventEmitter } from 'node:events';
import { MongoClient } from 'mongodb';
import { openClients } from '../../../../client/sdk/mongo/open-clients';
import type { Credential, Wanted } from '../../../../client/sdk/settings/credentials';

const place = { host: 'localhost:1', db: 'demo', role: 'read' };
const wanted: Wanted = { place, label: '', orUnlabelled: true };
const first: Credential = { ...place, username: 'ada', password: 'first' };
const second: Credential = { ...first, password: 'second' };
const minute = 60_000;

/** MongoClients that never connect, and which of them were closed. */
function unconnected() {
  const closed: string[] = [];
  const opened = new Map<string, MongoClient>();
  const clients = openClients(async ({ password }) => {
    const client = new MongoClient('mongodb://localhost:1/');
    client.close = async () => void closed.push(password);
    opened.set(password, client);
    return client;
  }, {});
  const emit = (password: string, name: string, event: object = {}) => {
    const client: EventEmitter | undefined = opened.get(password);
    client?.emit(name, event);
  };
  return { clients, closed, emit };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a MongoClient that was replaced is closed when nothing was done with it for half an hour, and not before', async () => {
  const { clients, closed, emit } = unconnected();
  await clients.clientOf(wanted, first);
  await clients.clientOf(wanted, second);
  emit('first', 'connectionCheckedOut');
  jest.advanceTimersByTime(120 * minute);
  clients.closeQuiet();
  emit('first', 'connectionCheckedIn');
  jest.advanceTimersByTime(29 * minute);
  clients.closeQuiet();
  expect(closed).toEqual([]);
  jest.advanceTimersByTime(2 * minute);
  clients.closeQuiet();
  await Promise.resolve().then(() => {});
  expect(closed).toEqual(['first']);
  await clients.closeAll();
  expect(closed).toEqual(['first', 'second']);
});

test('a refusal to a later connection is noticed, other faults are not taken for one', async () => {
  const { clients, emit } = unconnected();
  await clients.clientOf(wanted, first);
  emit('first', 'connectionClosed', { error: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) });
  emit('first', 'connectionClosed', { error: null });
  expect(clients.refusedOf(wanted)).toBeUndefined();
  emit('first', 'connectionClosed', { error: Object.assign(new Error('no'), { code: 18 }) });
  expect(clients.refusedOf(wanted)).toEqual(first);
  await clients.clientOf(wanted, second);
  expect(clients.refusedOf(wanted)).toBeUndefined();
});

test('a connection that fails is tried anew by the next one who asks', async () => {
  let tries = 0;
  const clients = openClients(async () => {
    tries += 1;
    if (tries === 1) throw new Error('no way there');
    return new MongoClient('mongodb://localhost:1/');
  }, {});
  await expect(clients.clientOf(wanted, first)).rejects.toThrow('no way there');
  await clients.clientOf(wanted, first);
  await clients.clientOf(wanted, first);
  expect(tries).toBe(2);
});

import { HostUnreachable } from '../../../shared/contract/errors';
import type { Host } from '../../../shared/mongo/mongo-users';
import { useReaperStage } from '../../support/reaper-stage';
import { allItems, later, registerHost } from '../../support/stage';

const on = useReaperStage();
const { grant, run, row } = on;

test('a host that is down is probed once a minute, holds up no other, and is clean a minute after it is back', async () => {
  await registerHost('down.example', { host: '127.0.0.1', port: on.stage.mongod.port, ...on.stage.admin });
  await grant('a');
  await grant('b', { host: 'down.example' });
  await grant('c', { host: 'down.example' });
  let down = true;
  const asked: string[] = [];
  const { owner, probe } = on.stage.deps.users;
  const unlessDown =
    <V extends unknown[], R>(what: string, act: (host: Host, ...values: V) => Promise<R>) =>
    async (host: Host, ...values: V): Promise<R> => {
      if (host.name !== 'down.example') return act(host, ...values);
      asked.push(what);
      if (down) throw new HostUnreachable(host.name, false);
      return act(host, ...values);
    };
  Object.assign(on.stage.deps.users, { owner: unlessDown('owner', owner), probe: unlessDown('probe', probe) });
  later(on.stage, 3600);
  expect(await run()).toMatchObject({ due: 3, ended: 1, silent: ['down.example'], faults: 0 });
  asked.length = 0;
  const figures: number[] = [];
  for (let minute = 1; minute <= 120; minute++) {
    later(on.stage, 60);
    const { oldestOverdue, silent } = await run();
    figures.push(oldestOverdue);
    expect(silent).toEqual(['down.example']);
  }
  expect(figures).toEqual(Array.from({ length: 120 }, (_, minute) => (minute + 1) * 60));
  expect(asked).toEqual(Array(120).fill('probe'));
  down = false;
  later(on.stage, 60);
  expect(await run()).toMatchObject({ due: 2, ended: 2, silent: [], oldestOverdue: 0 });
  expect(await row('b')).toMatchObject({ state: 'ended', proof: { gone: true } });
  expect((await allItems()).filter(({ sk }) => sk === 'reach')).toEqual([]);
}, 60_000);

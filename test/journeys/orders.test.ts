import { memoryTable } from '../support/memory-table';
import { everyOrder } from '../support/schedules/orders';
import { type Actor, play } from '../support/schedules/play';
import { orderOf } from '../support/schedules/races';

type Edges = { table: ReturnType<typeof memoryTable> };

const item = (sk: string) => ({ pk: 'p', sk });
const writes = (name: string, ...sks: string[]): Actor<Edges> => ({
  name,
  act: async ({ table }) => {
    for (const sk of sks) await table.put(item(sk));
  },
});
const reads = (name: string, ...sks: string[]): Actor<Edges> => ({
  name,
  act: async ({ table }) => {
    for (const sk of sks) await table.get(item(sk));
  },
});
const atOnce = (name: string, ...sks: string[]): Actor<Edges> => ({
  name,
  act: ({ table }) => Promise.all(sks.map((sk) => table.put(item(sk)))),
});

/** How many orders were played, and how many of them do not come to the same. */
async function ordersOf(...actors: Actor<Edges>[]): Promise<[number, number]> {
  const found = new Set<string>();
  const orders = await everyOrder(async (choose) => {
    const played = await play({ table: memoryTable() }, actors, choose);
    if (!played.left) found.add(orderOf(played.steps));
    return played;
  });
  return [orders, found.size];
}

test.each<[string, Actor<Edges>[], number]>([
  ['of writes to one item, every one', [writes('a', 'x', 'x', 'x'), writes('b', 'x', 'x', 'x')], 20],
  ['of three writers', [writes('a', 'x', 'x'), writes('b', 'x', 'x'), writes('c', 'x', 'x')], 90],
  ['of a writer and a reader', [writes('a', 'x', 'x'), reads('b', 'x', 'x')], 6],
  ['of two readers, one', [reads('a', 'x', 'x'), reads('b', 'x', 'x')], 1],
  ['of writes to different items, one', [writes('a', 'x', 'x'), writes('b', 'y', 'y')], 1],
  ['of writes at once to two items, both ways for each', [atOnce('a', 'x', 'y'), atOnce('b', 'x', 'y')], 4],
  ['of writes in turn to two items, only those that can be', [writes('a', 'x', 'y'), writes('b', 'y', 'x')], 3],
])('every order is played once: %s', async (_name, actors, orders) => {
  expect(await ordersOf(...actors)).toEqual([orders, orders]);
});

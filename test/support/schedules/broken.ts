import type { Item, Table } from '../../../shared/store/table';
import type { Edges } from './world';

/** What somebody might get wrong: put between the code and the outside, each has to be found out. */
export const broken = {
  'the user before the row': (edges: Edges): Edges => {
    let row: () => Promise<boolean> = async () => true;
    return {
      ...edges,
      table: {
        ...edges.table,
        put: async (item, condition) => {
          if (!item.pk.startsWith('grants#')) return edges.table.put(item, condition);
          row = () => edges.table.put(item, condition);
          return true;
        },
      },
      users: {
        ...edges.users,
        create: async (host, user) => {
          const answer = await edges.users.create(host, user);
          await row();
          return answer;
        },
      },
    };
  },
  'a row that is written whatever it has become': (edges: Edges): Edges => ({
    ...edges,
    table: {
      ...edges.table,
      update: (key, { set, add, remove }) =>
        edges.table.update(key, { ...(set && { set }), ...(add && { add }), ...(remove && { remove }) }),
    },
  }),
  'a user that is taken over where the name is taken': (edges: Edges): Edges => ({
    ...edges,
    users: {
      ...edges.users,
      create: async (host, user) => {
        if ((await edges.users.create(host, user)) === 'exists') await edges.users.update(host, user, user);
        return 'created';
      },
    },
  }),
  'a change that creates the user where it is gone': (edges: Edges): Edges => ({
    ...edges,
    users: {
      ...edges.users,
      update: async (host, name, { tag, password = 'new', cidrs = [] }) => {
        if ((await edges.users.update(host, name, { password, cidrs, ...(tag && { tag }) })) === 'updated')
          return 'updated';
        if (tag) await edges.users.create(host, { ...name, password, cidrs, tag, roles: [] });
        return 'updated';
      },
    },
  }),
  'an index that is taken for the table, as it was before the users were read': (edges: Edges): Edges => {
    let index: Promise<Item[]> | undefined;
    const query: Table['query'] = async (wanted) => {
      if (wanted.index === 'listed') {
        index ??= edges.table.query(wanted);
        return index;
      }
      if (!index || !wanted.pk.startsWith('grants#')) return edges.table.query(wanted);
      return (await index).filter(({ pk }) => pk === wanted.pk);
    };
    return { ...edges, table: { ...edges.table, query } };
  },
  'a lock without an answer that is taken as done': (edges: Edges): Edges => ({
    ...edges,
    users: { ...edges.users, lock: (...values) => edges.users.lock(...values).catch(() => ({ left: [] })) },
  }),
  'a drop that is taken as done': (edges: Edges): Edges => ({
    ...edges,
    users: { ...edges.users, drop: async () => 'dropped', owner: async () => undefined },
  }),
};

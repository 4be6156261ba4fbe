import { setStage } from '../../../shared/aws/host-secret';
import { keys } from '../../../shared/store/keys';
import { end, type Page, type PageQuery, start, type Table } from '../../../shared/store/table';
import { type Edges, host } from './world';

/** Everybody reads the index `listed` as it was before a reconciliation looked at the users. */
export function lagging(edges: Edges): Edges {
  const kept = new Map<string, Promise<Page>>();
  const page: Table['page'] = (wanted) => {
    if (wanted.index !== 'listed') return edges.table.page(wanted);
    const answer = kept.get(wanted.pk) ?? edges.table.page(wanted);
    kept.set(wanted.pk, answer);
    return answer;
  };
  const list: Edges['tagged']['list'] = async (...values) => {
    await page(onHost);
    return edges.tagged.list(...values);
  };
  return { ...edges, table: { ...edges.table, page }, tagged: { ...edges.tagged, list } };
}

const onHost: PageQuery = { pk: keys.grantsOn(host), index: 'listed', from: start, to: end, limit: 100 };

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
  'an index that lags, and is taken for the table': (edges: Edges): Edges => {
    const { table, tagged, ...others } = lagging(edges);
    const query: Table['query'] = async (wanted) => {
      if (wanted.index === 'listed' || !wanted.pk.startsWith('grants#')) return table.query(wanted);
      return (await table.page(onHost)).items.filter(({ pk }) => pk === wanted.pk);
    };
    return { ...others, tagged, table: { ...table, query } };
  },
  'a lock without an answer that is taken as done': (edges: Edges): Edges => ({
    ...edges,
    users: { ...edges.users, lock: (...values) => edges.users.lock(...values).catch(() => ({ left: [] })) },
  }),
  'a current value that is read only once': (edges: Edges): Edges => {
    const kept = new Map<string, ReturnType<typeof edges.versions.get>>();
    const get: typeof edges.versions.get = (id, stage = 'AWSCURRENT') => {
      if (stage === 'AWSPENDING') return edges.versions.get(id, stage);
      const value = kept.get(stage) ?? edges.versions.get(id, stage);
      kept.set(stage, value);
      return value;
    };
    return { ...edges, versions: { ...edges.versions, get } };
  },
  'a password that is set before its label': (edges: Edges): Edges => {
    let label = async () => {};
    return {
      ...edges,
      versions: {
        ...edges.versions,
        moveStage: async (id, stage, move) => {
          if (stage !== setStage || move.to === undefined) return edges.versions.moveStage(id, stage, move);
          label = () => edges.versions.moveStage(id, stage, move);
        },
      },
      servers: {
        ...edges.servers,
        command: async (...values) => {
          const answer = await edges.servers.command(...values);
          if ('updateUser' in values[2]) await label();
          return answer;
        },
      },
    };
  },
  'a new password that is not counted': (edges: Edges): Edges => ({
    ...edges,
    table: {
      ...edges.table,
      update: (key, { set: { passwordVersion: _, ...set } = {}, ...change }) =>
        edges.table.update(key, { ...change, set }),
    },
  }),
  'a new grant that counts its passwords anew': (edges: Edges): Edges => ({
    ...edges,
    table: {
      ...edges.table,
      put: (item, condition) =>
        edges.table.put('passwordVersion' in item ? { ...item, passwordVersion: 1 } : item, condition),
    },
  }),
  'a drop that is taken as done': (edges: Edges): Edges => ({
    ...edges,
    users: {
      ...edges.users,
      drop: async () => 'dropped',
      owner: async () => ({ state: 'missing' }),
      whoKnows: async () => ({ there: false, members: [{ member: 'memory:27017', says: 'gone', mechanisms: [] }] }),
    },
  }),
};

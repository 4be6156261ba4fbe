import { BSON, type Document } from 'mongodb';
import type { Need } from '../../auth/terms';
import { storageStats } from '../../data/storage-stats';
import { digestOf } from '../../state/session-id';
import { ServerError } from '../../values/errors';
import { isObject, numberIn, truthy } from '../../values/values';
import type { Call } from '../command';
import { collectionName, collectionOf, documentsOf } from '../namespaces';
import { inprog, lsidOf, operationRows } from '../running/operation-commands';

/** The documents with which a pipeline begins, and how many of its stages made them. */
export interface Source {
  ns: string;
  documents: Document[];
  taken: 0 | 1;
}

interface FirstStage {
  needs(call: Call, argument: Document): Need[];
  documents(call: Call, argument: Document): Document[];
  /** Whether it is about the server, not about a collection. */
  withoutCollection: boolean;
}

const firstStages: Readonly<Record<string, FirstStage>> = {
  $currentOp: {
    withoutCollection: true,
    needs: (_, { allUsers }) => (truthy(allUsers) ? [inprog] : []),
    documents: (call, { allUsers, idleConnections }) => {
      if (call.db !== 'admin') throw new ServerError(73, "$currentOp must be run against the 'admin' database");
      return operationRows(call, { allUsers: truthy(allUsers), idleConnections: truthy(idleConnections) });
    },
  },
  $listLocalSessions: {
    withoutCollection: true,
    needs: (_, { allUsers }) => (truthy(allUsers) ? [{ action: 'listSessions', on: { cluster: true } }] : []),
    documents: ({ server, connection: { login } }, { allUsers }) => {
      const own = login && digestOf(login);
      return server.sessions
        .all()
        .filter(({ uid }) => truthy(allUsers) || uid === own)
        .map((session) => ({ _id: lsidOf(session), lastUse: session.lastUse }));
    },
  },
  $collStats: {
    withoutCollection: false,
    needs: (call) => [{ action: 'collStats', on: { db: call.db, collection: collectionName(call) } }],
    documents: (call, { count, storageStats: storage }) => {
      const { server, db } = call;
      const collection = collectionOf(call);
      return [
        {
          ns: `${db}.${collectionName(call)}`,
          host: `${server.host}:${server.port}`,
          localTime: new Date(),
          ...(storage && { storageStats: storageStats(collection) }),
          ...(count && { count: new BSON.Int32(collection?.size ?? 0) }),
        },
      ];
    },
  },
};

function firstStageIn(stages: readonly Document[]): [FirstStage, Document] | undefined {
  const [[name, argument] = ['', undefined]] = Object.entries<unknown>(stages[0] ?? {});
  const stage = Object.hasOwn(firstStages, name) ? firstStages[name] : undefined;
  return stage && [stage, isObject(argument) ? argument : {}];
}

/** What must be held to read the pipeline's input. */
export function sourceNeeds(call: Call, stages: readonly Document[]): Need[] {
  const first = firstStageIn(stages);
  if (first) return first[0].needs(call, first[1]);
  if (isWithoutCollection(call)) return [];
  return [{ action: 'find', on: { db: call.db, collection: collectionName(call) } }];
}

export function sourceOf(call: Call, stages: readonly Document[]): Source {
  const { db } = call;
  const without = isWithoutCollection(call);
  const ns = without ? `${db}.$cmd.aggregate` : `${db}.${collectionName(call)}`;
  const [first, argument] = firstStageIn(stages) ?? [];
  if (first && argument) {
    if (first.withoutCollection !== without)
      throw new ServerError(73, `${Object.keys(stages[0] ?? {})} can't be run here`);
    return { ns, documents: first.documents(call, argument), taken: 1 };
  }
  if (!without) return { ns, documents: documentsOf(call, collectionName(call)), taken: 0 };
  if (stages[0]?.$documents) return { ns, documents: [], taken: 0 };
  throw new ServerError(73, '{aggregate: 1} is not valid for a pipeline that reads a collection');
}

/** `{aggregate: 1}` is about the database. */
function isWithoutCollection({ body }: Call): boolean {
  return numberIn(body.aggregate) === 1;
}

import { BSON, type Document } from 'mongodb';
import type { Need } from '../../auth/terms';
import { compileProjection } from '../../data/projection';
import { compileUpdate } from '../../data/update';
import { ServerError } from '../../values/errors';
import { isObject, truthy } from '../../values/values';
import type { Call, Command } from '../command';
import { onCollection } from '../namespaces';
import { insertSeed, type Present, present, replaceIfChanged, search } from './write-targets';

const int = (value: number): BSON.Int32 => new BSON.Int32(value);

export const findAndModify: Command = {
  name: 'findAndModify',
  aliases: ['findandmodify'],
  needs(call): Need[] {
    const { remove: removes, upsert } = call.body;
    const actions = truthy(removes) ? ['remove'] : ['update', ...(truthy(upsert) ? ['insert'] : [])];
    return onCollection('find', ...actions)(call);
  },
  async run(call) {
    const { body } = call;
    const { query: filter = {}, sort, fields } = body;
    if (truthy(body.remove) === (body.update !== undefined)) {
      throw new ServerError(9, 'Either an update or remove=true must be specified');
    }
    const query = { filter, sort, limit: int(1) };
    const target = present(call, await search(call, query), query);
    const { value, lastErrorObject } = truthy(body.remove) ? removeFound(target) : updateFound(call, target);
    const project = isObject(fields) && Object.keys(fields).length > 0 ? compileProjection(fields, filter) : undefined;
    return { lastErrorObject, value: value && project ? project(value) : (value ?? null) };
  },
};

type Modified = { value: Document | undefined; lastErrorObject: Document };

function removeFound({ collection, found: [found] }: Present): Modified {
  if (found) collection?.remove(found._id);
  return { value: found, lastErrorObject: { n: int(found ? 1 : 0) } };
}

function updateFound(call: Call, { collection, found: [found] }: Present): Modified {
  const { query: filter = {}, update: u, upsert, arrayFilters, new: wantsNew, let: variables } = call.body;
  const change = compileUpdate(u, { filter, arrayFilters, variables });
  if (found && collection) {
    replaceIfChanged(collection, found, change);
    const value = truthy(wantsNew) ? collection.findById(found._id) : found;
    return { value, lastErrorObject: { n: int(1), updatedExisting: true } };
  }
  if (!truthy(upsert)) return { value: undefined, lastErrorObject: { n: int(0), updatedExisting: false } };
  const made = insertSeed(call, filter, change);
  const lastErrorObject = { n: int(1), updatedExisting: false, upserted: made._id };
  return { value: truthy(wantsNew) ? made : undefined, lastErrorObject };
}

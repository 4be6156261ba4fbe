import * as v from 'valibot';
import { email, host, star } from './fields/access';
import { text } from './fields/field';
import { isDatabase } from './names';

// Filters of a list of grants. A star means no filter, except for the person.

export const anybody = v.optional(v.union([star, email], 'must be an address or *'));
export const anyHost = v.optional(v.union([star, host], 'must be a host or *'));
export const anyDb = v.optional(v.union([star, v.pipe(text(63), v.check(isDatabase))], 'must be a database name or *'));

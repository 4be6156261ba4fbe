import type * as v from 'valibot';
import { scope } from './scope';
import { cidrs } from './terms';

/** The fields that hold a list. In a form the field is repeated for each item. */
export const lists: Readonly<Record<string, v.GenericSchema>> = { ...scope, cidrs };

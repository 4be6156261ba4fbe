import { BSON } from 'mongodb';
import type { Server } from './server';

/** How things stand, for monitors: they stay so for as long as this server runs. */
export const topologyVersionOf = ({ processId }: Pick<Server, 'processId'>) => ({ processId, counter: BSON.Long.ZERO });

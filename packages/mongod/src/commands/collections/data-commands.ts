import type { Command } from '../command';
import { aggregate } from '../documents/aggregate-command';
import { findCommands } from '../documents/find-commands';
import { writeCommands } from '../documents/write-commands';
import { operationCommands } from '../running/operation-commands';
import { sessionCommands } from '../running/session-commands';
import { collectionCommands } from './collection-commands';
import { collectionInfoCommands } from './collection-info-commands';
import { databaseCommands } from './database-commands';
import { indexCommands } from './index-commands';

/** Every command that is about data, sessions or running operations. */
export const dataCommands: readonly Command[] = [
  ...findCommands,
  aggregate,
  ...writeCommands,
  ...collectionCommands,
  ...collectionInfoCommands,
  ...indexCommands,
  ...databaseCommands,
  ...sessionCommands,
  ...operationCommands,
];

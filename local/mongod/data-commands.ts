import { aggregate } from './aggregate-command';
import { collectionCommands } from './collection-commands';
import { collectionInfoCommands } from './collection-info-commands';
import type { Command } from './command';
import { databaseCommands } from './database-commands';
import { findCommands } from './find-commands';
import { indexCommands } from './index-commands';
import { operationCommands } from './operation-commands';
import { sessionCommands } from './session-commands';
import { writeCommands } from './write-commands';

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

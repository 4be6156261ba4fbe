import type { Document } from 'mongodb';
import type { Need } from '../auth/terms';
import type { Connection } from '../state/connection';
import type { Operation } from '../state/operations';
import type { Server } from '../state/server';
import type { SessionId } from '../state/session-id';

/** One message from a client, on its way through the checks. */
export interface Call {
  server: Server;
  command: Command;
  /** Every command by its names, aliases included. */
  commands: ReadonlyMap<string, Command>;
  connection: Connection;
  /** The session that the message names, already checked to belong to the logged-in user. */
  session: SessionId | undefined;
  /** This run of the command, as `currentOp` shows it and `killOp` ends it. */
  operation: Operation;
  db: string;
  /** The client takes one reply after another for this message. */
  takesMore: boolean;
  /** The name as the client wrote it, an alias included: the first field of the body. */
  name: string;
  /**
   * Numbers come as `Int32`, `Double` and `Long`, binary data as `Binary`, regular expressions as `BSONRegExp`: what is
   * stored must come back as it was written (see `values.ts`). Document sequences are already arrays in here.
   */
  body: Document;
}

/** A command of the server: the checks in the order in which a real server makes them, then the work. */
export interface Command {
  name: string;
  aliases?: readonly string[];
  adminOnly?: true;
  /** Answered before login too. */
  withoutLogin?: true;
  /** Also understood in the old-style message that some drivers begin with. */
  overLegacy?: true;
  /** Fields that may arrive as a document sequence (OP_MSG section kind 1). */
  sequences?: readonly string[];
  /** Errors in the arguments, which any logged-in user sees before 13. */
  check?(call: Call): void;
  /** What must be held; nothing for what every logged-in user may do. */
  needs?(call: Call): readonly Need[];
  /** In place of `needs` where the rule is not a list. */
  allowed?(call: Call): boolean;
  run(call: Call): Document | Promise<Document>;
}

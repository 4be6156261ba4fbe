import { setTimeout as sleep } from 'node:timers/promises';
import type { Document } from 'mongodb';
import { ServerError } from '../values/errors';
import { numberIn } from '../values/values';
import type { Connection } from './connection';
import type { SessionId } from './session-id';

/** What is known of a command when it begins. */
interface Begun {
  connection: Connection;
  db: string;
  body: Document;
  session: SessionId | undefined;
}

/** One run of a command: what `currentOp` shows, and what a kill ends. */
export class Operation {
  readonly startedAt = new Date();
  private readonly ended = new AbortController();

  constructor(
    readonly opid: number,
    readonly of: Begun,
  ) {}

  /** `db.collection` where the command names a collection, else `db.$cmd`. */
  get ns(): string {
    const [target]: unknown[] = Object.values(this.of.body);
    return `${this.of.db}.${typeof target === 'string' && target !== '' ? target : '$cmd'}`;
  }

  /** Makes the operation fail at its next check, or out of its pause; the first reason counts. */
  interrupt(reason: ServerError): void {
    if (!this.ended.signal.aborted) this.ended.abort(reason);
  }

  /** To be called now and then by work that may take long. */
  check(): void {
    this.ended.signal.throwIfAborted();
  }

  /** Waits, unless the operation is interrupted, runs out of its `maxTimeMS` or loses its client. */
  async pause(milliseconds: number): Promise<void> {
    this.check();
    const limit = numberIn(this.of.body.maxTimeMS) ?? 0;
    const left = limit > 0 ? this.startedAt.getTime() + limit - Date.now() : Number.POSITIVE_INFINITY;
    const signal = AbortSignal.any([this.ended.signal, this.of.connection.signal]);
    await sleep(Math.min(milliseconds, Math.max(left, 0)), undefined, { signal }).catch(() => {
      this.check();
      throw new ServerError(279, 'operation was interrupted');
    });
    if (left < milliseconds) throw new ServerError(50, 'operation exceeded time limit');
  }
}

export class Operations {
  private readonly running = new Map<number, Operation>();
  private lastOpid = 0;

  begin(command: Begun): Operation {
    this.lastOpid += 1;
    const operation = new Operation(this.lastOpid, command);
    this.running.set(operation.opid, operation);
    return operation;
  }

  end(operation: Operation): void {
    this.running.delete(operation.opid);
  }

  find(opid: number): Operation | undefined {
    return this.running.get(opid);
  }

  all(): Operation[] {
    return [...this.running.values()];
  }
}

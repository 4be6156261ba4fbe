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
    await this.wait(Math.min(milliseconds, Math.max(left, 0)));
    if (left < milliseconds) throw new ServerError(50, 'operation exceeded time limit');
  }

  private wait(milliseconds: number): Promise<void> {
    const { signal: lost } = this.of.connection;
    const { signal } = this.ended;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onInterrupt);
        lost.removeEventListener('abort', onLost);
        act();
      };
      const onInterrupt = settle(() => reject(signal.reason));
      const onLost = settle(() => reject(new ServerError(279, 'operation was interrupted')));
      const timer = setTimeout(settle(resolve), milliseconds);
      if (lost.aborted) return onLost();
      signal.addEventListener('abort', onInterrupt);
      lost.addEventListener('abort', onLost);
    });
  }
}

/** The operations that run at this moment. */
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

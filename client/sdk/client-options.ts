import type { MongoClientOptions } from 'mongodb';

/** How a {@link Client} is set up. All of it may be left out. */
export interface ClientOptions {
  /** The settings file. If it is left out, the one that `MGRANT_SETTINGS` names, or `~/.mongogrant.json`. */
  settings?: string;
  /** Asks the API in place of the global `fetch`. */
  fetch?: typeof fetch;
  /** The variables, such as `MGRANT_TOKEN` and `HOME`, in place of those of the process. */
  env?: Record<string, string | undefined>;
  /** The time, in place of the system's. */
  clock?: () => Date;
  /** Waits so many seconds, in place of a timer. */
  sleep?: (seconds: number) => Promise<void>;
  /**
   * The label of the logins that this client asks for, so that they stay apart from those of other programs and machines. If it is left
   * out, `MGRANT_LABEL`, or the label of this home, which is made once (see `setLabel`). An empty one: logins without a label.
   */
  label?: string;
  /** How long logins should live, such as `"12 h"` or a number of seconds. What the rules allow by themselves if it is left out. */
  ttl?: string | number;
  /**
   * Only this remote is asked: its address, or a part of its host's name. If it is left out, `MGRANT_ENDPOINT`, or what `mgrant use` chose
   * for this home, or all remotes in their order.
   */
  endpoint?: string;
  /** Allows plain http to other machines. Tokens and passwords can then be read on the way. */
  allowHttp?: boolean;
  /** Milliseconds that one request to the API may take, 30,000 if it is left out. */
  timeout?: number;
  /** For every MongoDB connection, such as `{ maxPoolSize: 5 }`. */
  mongo?: MongoClientOptions;
  /** Told what somebody should look after, such as a token that has expired while a program runs. Process warnings if it is left out. */
  onWarning?: (message: string) => void;
}

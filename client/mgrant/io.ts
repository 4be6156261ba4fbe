/** The world around the commands, as plain functions: tests put another one in its place. */
export interface Io {
  /** To stdout, as it is: what somebody asked for. */
  out(text: string): void;
  /** To stderr, as it is: everything else. */
  err(text: string): void;
  isTerminal(stream: 'in' | 'out' | 'err'): boolean;
  /** How wide a stream's terminal is; none if it has no terminal. */
  columns(stream: 'out' | 'err'): number | undefined;
  env: Record<string, string | undefined>;
  /** Asks on stderr for one line. */
  readLine(question: string): Promise<string>;
  /** The same, and what is typed is not shown. */
  readSecret(question: string): Promise<string>;
  /** All of stdin. */
  readInput(): Promise<string>;
  readFile(path: string): Promise<string>;
  now(): Date;
  /** Waits. Rejects at once if the signal is, or gets, aborted. */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;
  fetch: typeof fetch;
  /** Shows on stderr that something goes on. Only for a terminal. */
  spin(text: string): Spinner;
  /** Runs a program in this terminal until it ends; answers its exit status. `env` is laid over ours. */
  runProgram(command: string, args: string[], env: Record<string, string>): Promise<number>;
  /** Starts a program in this terminal, with this environment and no other. Throws the system's error if it can't be started. */
  startProgram(command: string, args: string[], env: Record<string, string | undefined>): Promise<RunningProgram>;
  /** Calls back at each signal that would end this process, and keeps it alive. Returns a function that undoes this. */
  onSignals(act: (name: NodeJS.Signals) => void): () => void;
  /** Calls back at the first Ctrl-C instead of ending the process. Returns a function that undoes this. */
  onInterrupt(act: () => void): () => void;
  /** Ends this process once its output is written, whatever it still waits for. */
  leave(): void;
}

export interface RunningProgram {
  /** Its exit status; 128 and the number of a signal that ended it. */
  ended: Promise<number>;
  /** Hands on a signal that this process got, unless the terminal gave it to both. */
  pass(name: NodeJS.Signals): void;
}

export interface Spinner {
  say(text: string): void;
  stop(): void;
}

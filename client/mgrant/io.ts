/** The world around the commands, as plain functions: tests put another one in its place. */
export interface Io {
  /** To stdout, as it is: what somebody asked for. */
  out(text: string): void;
  /** To stderr, as it is: everything else. */
  err(text: string): void;
  isTerminal(stream: 'in' | 'out' | 'err'): boolean;
  env: Record<string, string | undefined>;
  /** Asks on stderr for one line. */
  readLine(question: string): Promise<string>;
  /** The same, and what is typed is not shown. */
  readSecret(question: string): Promise<string>;
  /** All of stdin. */
  readInput(): Promise<string>;
  readFile(path: string): Promise<string>;
  now(): Date;
  sleep(seconds: number): Promise<void>;
  fetch: typeof fetch;
  /** Shows on stderr that something goes on. Only for a terminal. */
  spin(text: string): Spinner;
  /** Runs a program in this terminal until it ends; answers its exit status. `env` is laid over ours. */
  runProgram(command: string, args: string[], env: Record<string, string>): Promise<number>;
  /** Calls back at the first Ctrl-C instead of ending the process. Returns a function that undoes this. */
  onInterrupt(act: () => void): () => void;
}

export interface Spinner {
  say(text: string): void;
  stop(): void;
}

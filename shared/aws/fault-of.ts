/** The facts about an error that may be logged. Its message may not: a driver's may quote the failed command. */
export function faultOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { fault: typeof error };
  const code = 'code' in error && ['string', 'number'].includes(typeof error.code) ? error.code : undefined;
  const frames = withoutMessage(error)
    .split('\n')
    .filter((line) => /^\s+at /.test(line));
  const cause = error.cause instanceof Error ? faultOf(error.cause) : undefined;
  return { fault: error.name, code, frames: frames.slice(0, 6).map((line) => line.trim()), cause };
}

/** A line of the message could look like a stack frame. */
function withoutMessage({ stack = '', message }: Error): string {
  const at = stack.indexOf(message);
  return at < 0 ? stack : stack.slice(at + message.length);
}

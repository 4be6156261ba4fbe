import colors from 'picocolors';
import type { Io } from './io';

/** How a stream is written to: its colours, and how wide it is. */
export interface Paint extends ReturnType<typeof colors.createColors> {
  /** None where nobody looks. */
  columns?: number | undefined;
}

/** Colours for a stream: on a terminal only, and as NO_COLOR and FORCE_COLOR say. */
export function paintFor(
  { env, isTerminal, columns }: Pick<Io, 'env' | 'isTerminal' | 'columns'>,
  stream: 'out' | 'err',
): Paint {
  return { ...colors.createColors(wantsColor(env, isTerminal(stream))), columns: columns(stream) };
}

function wantsColor(env: Io['env'], terminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return terminal && env.TERM !== 'dumb';
}

import { CommanderError } from 'commander';
import * as v from 'valibot';
import { causesOf } from './causes';
import { hintFor } from './hints';
import type { Io } from './io';
import { paintFor } from './paint';
import { plain } from './plain';
import { Refused, UsageError } from './refused';
import { wrapText } from './widths';

const done = 0;
const failed = 1;
const wrongUsage = 2;

/** The one place that turns what went wrong into words on stderr and an exit status. With `json`, the words are one line of JSON. */
export function tellFailure(error: unknown, io: Io, json: boolean): number {
  if (error instanceof CommanderError) return tellUsage(error, io, json);
  const facts = factsOf(error);
  if (json) io.err(`${JSON.stringify(facts)}\n`);
  else {
    const words = `${paintFor(io, 'err').red('error:')} ${plain(facts.detail)}\n${nextSteps(facts)}`;
    io.err(wrapText(words, io.columns('err')));
  }
  if (io.env.MGRANT_DEBUG && error instanceof Error) io.err(`${error.stack}\n${causesOf(error)}`);
  if (error instanceof Refused) return error.exitStatus;
  return error instanceof UsageError ? wrongUsage : failed;
}

/** Help is no failure. The library has already written its message, unless it must be JSON. */
function tellUsage({ code, exitCode, message }: CommanderError, io: Io, json: boolean): number {
  if (exitCode === 0) return done;
  if (json) {
    const detail = code === 'commander.help' ? 'The command is not complete.' : message.replace(/^error: /, '');
    io.err(`${JSON.stringify({ code: 'wrong_usage', detail })}\n`);
  }
  return wrongUsage;
}

const noneElse = <S extends v.GenericSchema>(schema: S) => v.fallback(v.optional(schema), undefined);
const facts = v.object({
  code: v.fallback(v.string(), 'internal'),
  status: noneElse(v.number()),
  requestId: noneElse(v.string()),
  retryAfter: noneElse(v.number()),
  reason: noneElse(v.string()),
});
type Facts = v.InferOutput<typeof facts> & { detail: string };

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { code: 'internal', detail: String(error) };
  const { code, ...others } = v.parse(facts, error);
  return { code, detail: error.message, ...others };
}

/** What to do about a failure, for people, a line each. */
function nextSteps(facts: Facts): string {
  const { status, requestId, retryAfter } = facts;
  const lines = [
    hintFor(facts),
    status === 429 && retryAfter !== undefined ? `Try again in ${retryAfter} s.` : undefined,
    status !== undefined && status >= 500 && requestId
      ? `Your admin finds it under the request ${requestId}.`
      : undefined,
  ];
  return lines.map((line) => (line === undefined ? '' : `${line}\n`)).join('');
}

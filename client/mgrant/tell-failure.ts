import { CommanderError } from 'commander';
import { hintFor } from './hints';
import type { Io } from './io';
import { paintFor } from './paint';
import { plain } from './plain';
import { UsageError } from './refused';

/** Exit statuses. */
export const done = 0;
export const failed = 1;
export const wrongUsage = 2;

/** The one place that turns what went wrong into words on stderr and an exit status. With `json`, the words are one line of JSON. */
export function tellFailure(error: unknown, io: Io, json: boolean): number {
  if (error instanceof CommanderError) return tellUsage(error, io, json);
  const facts = factsOf(error);
  if (json) io.err(`${JSON.stringify(facts)}\n`);
  else io.err(`${paintFor(io, 'err').red('error:')} ${plain(facts.detail)}\n${nextSteps(facts)}`);
  if (io.env.MGRANT_DEBUG && error instanceof Error) io.err(`${error.stack}\n`);
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

interface Facts {
  code: string;
  detail: string;
  status?: number;
  requestId?: string;
  retryAfter?: number;
}

function factsOf(error: unknown): Facts {
  if (!(error instanceof Error)) return { code: 'internal', detail: String(error) };
  const code = text(error, 'code') ?? 'internal';
  const status = number(error, 'status');
  const requestId = text(error, 'requestId');
  const retryAfter = number(error, 'retryAfter');
  return {
    ...{ code, detail: error.message },
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
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

const fieldOf = (error: Error, name: string): unknown => Object.entries(error).find(([key]) => key === name)?.[1];
function text(error: Error, name: string): string | undefined {
  const value = fieldOf(error, name);
  return typeof value === 'string' ? value : undefined;
}
function number(error: Error, name: string): number | undefined {
  const value = fieldOf(error, name);
  return typeof value === 'number' ? value : undefined;
}

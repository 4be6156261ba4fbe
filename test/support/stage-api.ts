import { parseRulesFile, type RulesFile } from '../../client/rules-file/parse-rules-file';
import type { Api } from '../../client/sdk/api/ask-api';
import type { Stage } from './stage';

/** The API of the stage, as a client with this token sees it. */
export const apiOf =
  (stage: Stage, token: string): Api =>
  async ({ method, path }, { query, body }) => {
    const target = query && Object.keys(query).length > 0 ? `${path}?${new URLSearchParams(query)}` : path;
    const { status, json, headers } = await stage.ask(method, target, { token, body });
    const wait = headers['retry-after'];
    return { status, json, ...(wait !== undefined && { retryAfter: Number(wait) }) };
  };

/** What a rules file says; a file that is not as it should be fails the test. */
export function fileOf(text: string, now: Date): RulesFile {
  const parsed = parseRulesFile(text, now);
  if ('problems' in parsed)
    throw new Error(parsed.problems.map(({ line, message }) => `${line} ${message}`).join('\n'));
  return parsed.file;
}

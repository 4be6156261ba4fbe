import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Answer, type Client, startClient } from './client-process';

const command = process.env.MONGOSH_PATH || 'mongosh';

/** mongosh, with a home of its own: it keeps logs and history there, and reads whether it may report its use. */
export function startMongosh(script: string): Client {
  const home = mkdtempSync(join(tmpdir(), 'mongosh-'));
  settle(home);
  const env = { ...process.env, HOME: home };
  const client = startClient(command, ['--nodb', '--quiet', '--file', script], env);
  return {
    ask: (question) => (question.does === 'show dbs' ? showDbs(question.uri, env) : client.ask(question)),
    async end() {
      await client.end();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Lets mongosh report and log nothing for who has this home folder. */
export function settle(home: string): void {
  const folder = join(home, '.mongodb', 'mongosh');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config'), JSON.stringify({ enableTelemetry: false, disableLogging: true }));
}

/** As people do it: the granted address pasted as it stands. */
async function showDbs(uri: string, env: NodeJS.ProcessEnv): Promise<Answer> {
  try {
    const options = { env, timeout: 30_000 };
    const { stdout } = await promisify(execFile)(command, [uri, '--quiet', '--eval', 'show dbs'], options);
    return {
      value: stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/\s+/)[0]),
    };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

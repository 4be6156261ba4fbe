import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { bindListener, type Listening, onLoopback } from './loopback';
import { dropGone } from './secret-lookup';
import { operations } from './secret-operations';
import { loadVault, saveVault } from './secret-store';
import { invalidRequest, SecretsFault } from './secrets-fault';

export interface SecretsManagerOptions {
  port: number;
  /** Where the secrets are stored; in memory only if left out. */
  file?: string | undefined;
  /** Calls the function that rotates a secret, when a version waits for its value. Without it nothing rotates. */
  rotate?: ((rotation: Rotation) => void) | undefined;
  /** Milliseconds since 1970. */
  clock?: () => number;
}

/** A rotation that has begun: the input of the function's four steps. */
export interface Rotation {
  SecretId: string;
  ClientRequestToken: string;
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Stands in for AWS Secrets Manager on this machine. Official clients find the same protocol, staging labels and errors. */
export async function startSecretsManager(options: SecretsManagerOptions): Promise<Listening> {
  const { port, file, rotate, clock = Date.now } = options;
  const vault = file ? loadVault(file) : new Map();

  /** An operation runs without a pause, so two calls never mix. */
  function run(target: string, body: string): Answer {
    const operation = operations[/^secretsmanager\.(\w+)$/.exec(target)?.[1] ?? ''];
    const now = clock() / 1000;
    try {
      if (!operation)
        throw new SecretsFault(
          'UnknownOperationException',
          `There is no ${target || 'operation without a target'} here.`,
        );
      const rotating = target.endsWith('.RotateSecret');
      if (rotating && !rotate) throw invalidRequest('No function rotates secrets here.');
      dropGone(vault, now);
      const output = operation(vault, parseJson(body), now);
      if (rotating) rotate?.({ SecretId: String(output.ARN), ClientRequestToken: String(output.VersionId) });
      if (file && !/\.(Get|Describe|List)/.test(target)) saveVault(file, vault);
      return { status: 200, body: output };
    } catch (error) {
      if (error instanceof SecretsFault) return { status: 400, body: { __type: error.type, Message: error.message } };
      throw error;
    }
  }

  const answer = async (request: IncomingMessage): Promise<Answer> =>
    run(String(request.headers['x-amz-target'] ?? ''), await text(request));

  const listener = bindListener((request, response) => {
    answer(request)
      .catch((error: unknown): Answer => {
        console.error('Secrets Manager stand-in:', error);
        return {
          status: 500,
          body: { __type: 'InternalServiceError', Message: 'An error occurred on the server side.' },
        };
      })
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
        response.end(JSON.stringify(body));
      });
  });
  return onLoopback(port, 'SECRETS_PORT', listener);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body || '{}');
  } catch {
    throw new SecretsFault('SerializationException', 'The body is not JSON.');
  }
}

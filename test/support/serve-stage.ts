import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Stage } from './stage';

export interface ServedStage {
  endpoint: string;
  /** Every request, as `METHOD /path?query`. */
  asked: string[];
  close(): void;
}

/** The handlers of a stage behind a real port, for other processes. `before` may hold a request back. */
export async function serveStage(
  stage: Pick<Stage, 'ask'>,
  before: (request: string) => Promise<void> = async () => {},
): Promise<ServedStage> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push(`${method} ${url}`);
    const body = await text(request);
    const token = headers.authorization?.replace('Bearer ', '');
    await before(`${method} ${url}`);
    const answer = await stage.ask(method, url, { token, ...(body && { body }) });
    response.writeHead(answer.status, answer.headers).end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { asked, endpoint: `http://127.0.0.1:${address.port}`, close };
}

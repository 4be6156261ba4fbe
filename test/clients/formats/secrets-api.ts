import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** As much of a cluster as `kubectl apply` asks before it creates a Secret: no kind but that, and none that is there. */
const answers: Record<string, object> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': {
    kind: 'APIResourceList',
    groupVersion: 'v1',
    resources: [{ name: 'secrets', namespaced: true, kind: 'Secret', verbs: ['create', 'get', 'patch'] }],
  },
};
const absent = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };

export async function startSecretsApi() {
  const created: unknown[] = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost');
    const sent = request.method === 'POST' ? await json(request) : undefined;
    if (sent !== undefined) created.push(sent);
    const answer = sent ?? answers[pathname];
    const status = sent ? 201 : answer ? 200 : 404;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? absent));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    created,
    close: () => new Promise((closed) => server.close(closed) && server.closeAllConnections()),
  };
}

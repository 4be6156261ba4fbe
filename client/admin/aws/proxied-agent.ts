import type { ClientRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { ProxyFault } from '../../sdk/api/proxy-fault';
import { type Environment, proxyFor } from '../../sdk/api/proxy-for';

type Options = Parameters<HttpsProxyAgent<string>['connect']>[1];

/** Connects to each host by way of its proxy, where the environment names one for it. */
export class ProxiedAgent extends HttpsProxyAgent<string> {
  constructor(private readonly env: Environment) {
    // Which proxy it is, each connection says anew.
    super('http://localhost', { keepAlive: true });
  }

  override async connect(request: ClientRequest, options: Options): Promise<Socket> {
    const { host = 'localhost', port, secureEndpoint } = options;
    const name = host.includes(':') ? `[${host}]` : host;
    const proxy = proxyFor(new URL(`${secureEndpoint ? 'https' : 'http'}://${name}:${port}`), this.env);
    if (!proxy) return secureEndpoint ? connectTls({ servername: host, ...options }) : connect(options);
    return connectThrough(proxy, request, options);
  }

  /** Each AWS client ends its agent with itself, but this one is for all. What it has open keeps no process alive. */
  override destroy(): void {}
}

async function connectThrough(proxy: URL, request: ClientRequest, options: Options): Promise<Socket> {
  let status = 0;
  request.once('proxyConnect', ({ statusCode }: { statusCode: number }) => {
    status = statusCode;
  });
  try {
    const socket = await new HttpsProxyAgent(proxy, { keepAlive: true }).connect(request, options);
    if (status === 200) return socket;
    // The package would hand on the proxy's refusal as an answer of AWS.
    socket.destroy();
  } catch (cause) {
    throw new ProxyFault(proxy.host, { cause });
  }
  throw new ProxyFault(proxy.host, { cause: new Error(`Proxy response (${status})`) });
}

import type { Socket } from 'node:net';
import type { Document } from 'mongodb';
import { plainAddress } from '../auth/restrictions';
import type { Conversation } from '../auth/scram';
import type { Login } from '../auth/terms';

/** One client socket and what the server remembers about it. */
export class Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  /** What the driver said about itself in its first hello; later hellos can't change it. */
  clientMetadata: Document | undefined;
  saidHello = false;
  login: Login | undefined;
  /** The unfinished SASL conversation, if there is one. */
  conversation: Conversation | undefined;
  private readonly ended = new AbortController();

  constructor(
    readonly id: number,
    private readonly socket: Socket,
  ) {
    this.remoteAddress = plainAddress(socket.remoteAddress ?? '');
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = plainAddress(socket.localAddress ?? '');
    // Not an error of the listener: every command that waits on this connection may listen.
    socket.once('close', () => this.ended.abort());
  }

  /** Aborted once the socket is closed, by either side. */
  get signal(): AbortSignal {
    return this.ended.signal;
  }

  /** `address:port` of the client, as `whatsmyuri` and `currentOp` show it. */
  get client(): string {
    const address = this.remoteAddress.includes(':') ? `[${this.remoteAddress}]` : this.remoteAddress;
    return `${address}:${this.remotePort}`;
  }

  send(packet: Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(packet);
  }

  close(): void {
    this.socket.destroy();
  }
}

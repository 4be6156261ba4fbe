import { connect, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

interface SendOptions {
  /** OP_MSG flag bits. */
  flags?: number;
  /** Document sequences (section kind 1) by name; a list of pairs, so that a name may come twice. */
  sequences?: readonly (readonly [name: string, documents: readonly Document[]])[];
}

const header = 16;
let lastRequestId = 0;

/** A bare client: sends exactly the fields that it is given, no session, no handshake, nothing retried. */
export class WireClient {
  private received = Buffer.alloc(0);
  private readonly waiting: ((reply: Document) => void)[] = [];
  /** Resolves once the server, or the client, has closed the socket. */
  readonly closed: Promise<void>;

  private constructor(private readonly socket: Socket) {
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('error', () => {});
    socket.on('data', (chunk) => this.take(chunk));
  }

  static connect(host: string, port: number): Promise<WireClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host, () => resolve(new WireClient(socket)));
      socket.once('error', reject);
    });
  }

  /** Runs one command and waits for its reply. */
  async command(body: Document, options: SendOptions = {}): Promise<Document> {
    const reply = this.reply();
    this.send(encode(body, options));
    return reply;
  }

  send(packet: Uint8Array): void {
    this.socket.write(packet);
  }

  /** The next reply; fails if the socket is closed before it. */
  reply(): Promise<Document> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      void this.closed.then(() => reject(new Error('the server closed the connection')));
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    this.received = Buffer.concat([this.received, chunk]);
    for (let size = this.nextSize(); this.received.length >= size; size = this.nextSize()) {
      const message = this.received.subarray(0, size);
      this.received = this.received.subarray(size);
      this.waiting.shift()?.(documentIn(message));
    }
  }

  private nextSize(): number {
    return this.received.length < header ? Number.POSITIVE_INFINITY : this.received.readInt32LE(0);
  }
}

/** An OP_MSG reply has flags and a section kind before its document, an OP_REPLY twenty bytes of fields. */
function documentIn(message: Buffer): Document {
  const start = header + (message.readInt32LE(12) === 1 ? 20 : 5);
  // A checksum may follow. What was sent may come back in the words of a refusal, and need not be text.
  const document = message.subarray(start, start + message.readInt32LE(start));
  return BSON.deserialize(document, { validation: { utf8: false } });
}

/** One OP_MSG packet. */
export function encode(body: Document, { flags = 0, sequences = [] }: SendOptions = {}): Buffer {
  const start = Buffer.alloc(4);
  start.writeUInt32LE(flags);
  const sections = sequences.map(([name, documents]) => {
    const content = Buffer.concat([Buffer.from(`${name}\0`), ...documents.map((document) => BSON.serialize(document))]);
    const size = Buffer.alloc(4);
    size.writeInt32LE(content.length + 4);
    return Buffer.concat([Buffer.from([1]), size, content]);
  });
  return packet(2013, Buffer.concat([start, Buffer.from([0]), BSON.serialize(body), ...sections]));
}

/** One OP_QUERY packet, as old drivers begin with. */
export function encodeQuery(db: string, query: Document): Buffer {
  const numbers = Buffer.alloc(8);
  numbers.writeInt32LE(-1, 4);
  return packet(2004, Buffer.concat([Buffer.alloc(4), Buffer.from(`${db}.$cmd\0`), numbers, BSON.serialize(query)]));
}

/** A message with any op code and content. */
export function packet(opCode: number, content: Uint8Array): Buffer {
  const start = Buffer.alloc(header);
  start.writeInt32LE(header + content.length, 0);
  lastRequestId += 1;
  start.writeInt32LE(lastRequestId, 4);
  start.writeInt32LE(opCode, 12);
  return Buffer.concat([start, content]);
}

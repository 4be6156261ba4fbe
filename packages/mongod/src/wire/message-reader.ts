import { maxMessageSize } from '../values/limits';
import { FatalMessage, headerSize } from './format';

/** Splits a stream of bytes into whole messages, however they were cut into packets. */
export class MessageReader {
  private chunks: Buffer[] = [];
  private size = 0;

  /** The messages that this packet completes. */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.size += chunk.length;
    const messages: Buffer[] = [];
    for (let length = this.nextLength(); length !== undefined && this.size >= length; length = this.nextLength()) {
      const all = this.joined();
      messages.push(all.subarray(0, length));
      this.chunks = [all.subarray(length)];
      this.size -= length;
    }
    return messages;
  }

  private nextLength(): number | undefined {
    if (this.size < headerSize) return undefined;
    if ((this.chunks[0]?.length ?? 0) < headerSize) this.joined();
    const length = this.chunks[0]?.readInt32LE(0) ?? 0;
    if (length < headerSize || length > maxMessageSize) throw new FatalMessage(`message of ${length} bytes`);
    return length;
  }

  private joined(): Buffer {
    const all = this.chunks.length === 1 && this.chunks[0] ? this.chunks[0] : Buffer.concat(this.chunks);
    this.chunks = [all];
    return all;
  }
}

declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An embedded DynamoDB. Closing the server also closes its store. */
  export default function dynalite(options?: {
    /** A folder for the tables; in memory only if left out. */
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}

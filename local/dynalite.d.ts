declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** An embedded DynamoDB. Closing the server closes its store as well. */
  export default function dynalite(options?: {
    /** A folder for the tables; in memory only if left out. */
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}

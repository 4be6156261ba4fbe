// The names under which AWS puts DocumentDB's servers; the port is off.
const serverName = /\.docdb(-elastic)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/i;

/** Whether a server, with its port or without, is one of DocumentDB. */
export const isDocumentDb = (address: string): boolean => serverName.test(address.replace(/:\d+$/, ''));

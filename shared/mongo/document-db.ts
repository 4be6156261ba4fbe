// The names that AWS gives DocumentDB's servers, without the port.
const serverName = /\.docdb(-elastic)?(\.[a-z0-9-]+)?\.amazonaws\.com(\.cn)?$/i;

export const isDocumentDb = (address: string): boolean => serverName.test(address.replace(/:\d+$/, ''));

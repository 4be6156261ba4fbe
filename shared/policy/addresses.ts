import { BlockList, isIP } from 'node:net';

/** Whether each of these addresses or ranges is inside one of the others. Empty means any address. Ranges are not combined: 10.0.0.0/9 and 10.128.0.0/9 do not hold 10.0.0.0/8. */
export function addressesCover(outer: readonly string[], inner: readonly string[]): boolean {
  if (outer.length === 0) return true;
  return inner.length > 0 && inner.every((range) => outer.some((wider) => rangeCovers(wider, range)));
}

function rangeCovers(outer: string, inner: string): boolean {
  const [wide, narrow] = [rangeOf(outer), rangeOf(inner)];
  if (wide.family !== narrow.family || wide.bits > narrow.bits) return false;
  const list = new BlockList();
  list.addSubnet(wide.address, wide.bits, wide.family);
  return list.check(narrow.address, narrow.family);
}

function rangeOf(text: string): { address: string; bits: number; family: 'ipv4' | 'ipv6' } {
  const [address = '', bits] = text.split('/');
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
  return { address, bits: Number(bits ?? (family === 'ipv4' ? 32 : 128)), family };
}

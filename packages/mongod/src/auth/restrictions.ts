import { BlockList, isIP } from 'node:net';
import type { Document } from 'mongodb';
import { ServerError, wrongType } from '../values/errors';
import { isObject } from '../values/values';

/** One entry of `authenticationRestrictions`, as the client wrote it. */
export interface Restriction {
  clientSource?: string[];
  serverAddress?: string[];
}

/** An IPv4 address that arrives on an IPv6 socket, written as IPv4; every other address as it is. */
export function plainAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  return mapped?.[1] ?? address;
}

/** Whether a connection between these two addresses satisfies one user's or one role's restrictions. */
export function restrictionsMet(restrictions: readonly Restriction[], from: string, to: string): boolean {
  if (restrictions.length === 0) return true;
  return restrictions.some(
    ({ clientSource, serverAddress }) =>
      (clientSource === undefined || inRanges(clientSource, from)) &&
      (serverAddress === undefined || inRanges(serverAddress, to)),
  );
}

/** The restrictions of a command's argument, or the error that a real server answers. */
export function parseRestrictions(value: readonly unknown[]): Restriction[] {
  return value.map((entry) => {
    if (!isObject(entry)) throw wrongType('authenticationRestrictions', 'object', entry);
    return parseRestriction(entry);
  });
}

function parseRestriction(entry: Document): Restriction {
  const restriction: Restriction = {};
  for (const [field, value] of Object.entries(entry)) {
    if (field !== 'clientSource' && field !== 'serverAddress') {
      throw new ServerError(40415, `BSON field 'authenticationRestrictions.${field}' is an unknown field.`);
    }
    restriction[field] = addressesIn(field, value);
  }
  if (restriction.clientSource === undefined && restriction.serverAddress === undefined) {
    throw new ServerError(162, "At least one of 'clientSource' or 'serverAddress' must be set");
  }
  return restriction;
}

function addressesIn(field: string, value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((address) => {
    if (typeof address !== 'string' || rangeIn(address) === undefined) {
      throw new ServerError(2, `Invalid address or CIDR range in ${field}: ${String(address)}`);
    }
    return address;
  });
}

interface Range {
  address: string;
  prefix: number;
  family: 'ipv4' | 'ipv6';
}

function rangeIn(text: string): Range | undefined {
  const match = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text);
  const address = match?.[1] ?? '';
  const version = isIP(address);
  if (version === 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = match?.[2] === undefined ? bits : Number(match[2]);
  if (prefix > bits) return undefined;
  const plain = plainAddress(address);
  // A range of v4-mapped addresses is one of IPv4 addresses, since that is how clients are known here.
  if (plain !== address && prefix >= 96) return { address: plain, prefix: prefix - 96, family: 'ipv4' };
  return { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
}

function inRanges(ranges: readonly string[], address: string): boolean {
  const plain = plainAddress(address);
  const version = isIP(plain);
  // A closed socket has no address any more, and nothing that is not an address satisfies a restriction.
  if (version === 0) return false;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  for (const text of ranges) {
    const range = rangeIn(text);
    if (range?.family === family) list.addSubnet(range.address, range.prefix, range.family);
  }
  return list.check(plain, family);
}

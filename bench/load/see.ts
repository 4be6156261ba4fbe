import { setTimeout as wait } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import * as v from 'valibot';
import { sideBySide } from '../../shared/async/side-by-side';
import { seconds } from '../../shared/policy/time';
import { readLiveGrants } from '../../shared/store/grants/reads';
import type { Grant } from '../../shared/store/grants/row';
import type { Table } from '../../shared/store/table';
import type { HandedOut } from './ledger';

/** Waits until nothing is under way, for three minutes at most, and returns the grants that have not ended. */
export async function settledGrants(table: Table): Promise<Grant[]> {
  for (const began = Date.now(); ; await wait(1000)) {
    const { grants: rows } = await readLiveGrants(table);
    // A short login that still lives would end between two looks.
    const soon = seconds(new Date()) + 600;
    if (rows.every(({ state, expiresAt }) => state === 'active' && expiresAt > soon)) return rows;
    if (Date.now() - began > 180_000) return rows;
  }
}

const usersInfo = v.object({
  users: v.array(
    v.object({
      user: v.string(),
      customData: v.optional(
        v.object({ mongogrant: v.optional(v.object({ grant: v.string(), expires: v.string() })) }),
      ),
    }),
  ),
});

/** A user that carries the tag of a grant, and until when it may live. */
export interface TaggedUser {
  user: string;
  grant: string;
  expires: string;
}

export async function taggedUsers(adminUri: string): Promise<TaggedUser[]> {
  const client = await MongoClient.connect(adminUri);
  try {
    return await usersOn(client);
  } finally {
    await client.close();
  }
}

export async function usersOn(client: MongoClient): Promise<TaggedUser[]> {
  const { users } = v.parse(usersInfo, await client.db('admin').command({ usersInfo: { forAllDBs: true } }));
  return users.flatMap(({ user, customData }) => (customData?.mongogrant ? [{ user, ...customData.mongogrant }] : []));
}

/** Tries every password on the server, and returns those that work. */
export async function tryAll(passwords: readonly HandedOut[]): Promise<Set<HandedOut>> {
  const working = new Set<HandedOut>();
  await sideBySide(8, passwords, async (password) => {
    if (await logsIn(password.uri)) working.add(password);
  });
  return working;
}

async function logsIn(uri: string): Promise<boolean> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 10_000, maxPoolSize: 1, monitorCommands: false });
  try {
    await client.db().command({ ping: 1 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 18) return false;
    throw error;
  } finally {
    await client.close();
  }
}

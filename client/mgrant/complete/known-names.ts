import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { listGrants } from '../../sdk/calls/grants';
import { readMe } from '../../sdk/calls/me';
import type { ClientContext } from '../../sdk/client-context';
import { usableRemotes } from '../../sdk/remotes';
import { credentialsIn } from '../../sdk/settings/credentials';
import { readLabel } from '../../sdk/settings/label';
import { homeOf } from '../../sdk/settings/locate-settings';
import type { Settings } from '../../sdk/settings/settings-schema';
import type { Io } from '../io';
import type { KnownNames } from './offer';

/** Seconds that an answer of the service is good for; and seconds until a service that gave none is asked again. */
const fresh = 300;

const place = v.object({ host: v.string(), db: v.string(), role: v.string() });
const answer = v.object({ at: v.number(), places: v.array(place), labels: v.array(v.string()) });
type Answer = v.InferOutput<typeof answer>;

/** Names from the settings file, and from the service as it was a short time ago, or answers at once. Gives no login, and fails in silence. */
export async function knownNames(context: ClientContext, io: Pick<Io, 'env' | 'now'>): Promise<KnownNames> {
  const settings = await context.file.read();
  const { host_aliases: aliases, remotes } = settings.fetch;
  const told = await tellOf(context, settings, io).catch(() => undefined);
  const credentials = credentialsIn(settings);
  const own = (await readLabel(context.file, settings)) ?? '';
  const labels = [own, ...credentials.map(({ label }) => label ?? ''), ...(told?.labels ?? [])];
  return {
    places: [...credentials, ...(told?.places ?? [])].map(({ host, db, role }) => ({
      host,
      role,
      ...(!db.includes('*') && { db }),
    })),
    labels: labels.filter(Boolean),
    endpoints: remotes.map(({ endpoint }) => endpoint),
    aliases,
  };
}

/** What the service says, from the cache if that is fresh. An old answer is better than none. */
async function tellOf(
  context: ClientContext,
  settings: Settings,
  { env, now }: Pick<Io, 'env' | 'now'>,
): Promise<Answer | undefined> {
  const [remote] = usableRemotes(settings.fetch.remotes, await context.endpoint());
  const name = createHash('sha256').update(`${remote.endpoint}\n${remote.token}`).digest('hex').slice(0, 16);
  const { XDG_CACHE_HOME: cache = '' } = env;
  const home = homeOf(env);
  const caches = isAbsolute(cache) ? cache : home && join(home, '.cache');
  if (!caches) return undefined;
  const folder = join(caches, 'mongogrant');
  const file = join(folder, `names-${name}.json`);
  const kept = await readFile(file, 'utf8')
    .then((text) => v.parse(answer, JSON.parse(text)))
    .catch(() => undefined);
  const at = Math.floor(now().getTime() / 1000);
  if (kept && Math.abs(at - kept.at) < fresh) return kept;
  const told = await ask(context.apiOf(remote), at).catch(() => ({ places: [], labels: [], ...kept, at }));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(`${file}.${process.pid}`, JSON.stringify(told), { mode: 0o600 });
  await rename(`${file}.${process.pid}`, file);
  return told;
}

async function ask(api: Parameters<typeof readMe>[0], at: number): Promise<Answer> {
  const [{ access }, grants] = await Promise.all([readMe(api), listGrants(api, {})]);
  const live = grants.filter(({ state }) => state === 'active');
  const places = [...access, ...live].map(({ host, db, role }) => ({ host, db, role }));
  return { at, places: places.filter(({ host }) => host !== '*'), labels: live.map(({ label }) => label) };
}

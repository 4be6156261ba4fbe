import * as v from 'valibot';

const text = v.string();

/** One endpoint, and the token that it gave; the Python client keeps an empty one until it has another. */
const remote = v.looseObject({ endpoint: text, token: text });

/** A credential as the Python client knows it: it refuses a file in which an entry has any other key. */
const auth = v.looseObject({ host: text, db: text, role: text, username: text, password: text });

/** What we know of a credential beyond that. `mark` binds it to the password: a credential that somebody else has changed is not taken for ours. */
const known = v.looseObject({
  mark: text,
  label: text,
  endpoint: v.optional(text),
  /** ISO 8601. */
  issued: v.optional(text),
  expires: v.optional(text),
  /** The address for clients, without the credential. */
  uri: v.optional(text),
  passwordVersion: v.optional(v.number()),
});

const settingsSchema = v.looseObject({
  fetch: v.looseObject({
    remotes: v.array(remote),
    host_aliases: v.record(text, text),
    db_aliases: v.record(text, text),
  }),
  auth: v.array(auth),
  mongogrant: v.optional(
    v.looseObject({
      label: v.optional(text),
      credentials: v.optional(v.array(known)),
      /** The authorities of hosts that have some of their own, in PEM, by host. */
      authorities: v.optional(v.record(text, text)),
    }),
  ),
});

/** The settings file as it is written. Keys that are not ours stay where they are. */
export type Settings = v.InferInput<typeof settingsSchema>;
export type Remote = v.InferInput<typeof remote>;
export type Auth = v.InferInput<typeof auth>;
export type Known = v.InferInput<typeof known>;

/** What the Python client begins with. */
export const emptySettings = (): Settings => ({
  fetch: { remotes: [], host_aliases: {}, db_aliases: {} },
  auth: [],
});

/** Reads the settings in a text. Returns the reason if the text holds none. */
export function parseSettings(text: string): { settings: Settings } | { why: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The fault's message would quote a piece of the file.
    return { why: text.trim() === '' ? 'it is empty' : 'it is not JSON' };
  }
  if (v.is(settingsSchema, json)) return { settings: json };
  const [issue] = v.safeParse(settingsSchema, json).issues ?? [];
  return { why: `${(issue && v.getDotPath(issue)) ?? 'the file'} is not as it should be` };
}

/** The text of settings, byte for byte as Python's `json.dump(..., indent=2)` writes them. */
export const settingsText = (settings: Settings): string =>
  JSON.stringify(settings, null, 2).replace(
    /[\x7f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

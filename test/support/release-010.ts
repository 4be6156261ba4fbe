import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { sideBySide } from '../../shared/async/side-by-side';
import type { SecretReader } from '../../shared/aws/secrets-manager';
import type { Table } from '../../shared/store/table';

const folder = join(__dirname, '..', 'fixtures', '0.1.0');
const anObject = v.record(v.string(), v.unknown());

const item = v.looseObject({ pk: v.string(), sk: v.string() });
const secret = v.object({
  name: v.string(),
  versions: v.array(v.object({ id: v.string(), stages: v.array(v.string()), text: v.string() })),
});
const user = v.object({
  host: v.string(),
  user: v.string(),
  db: v.string(),
  roles: v.array(v.object({ role: v.string(), db: v.string() })),
  customData: v.optional(anObject),
  authenticationRestrictions: v.optional(v.array(anObject)),
});
const held = v.object({
  now: v.string(),
  tokens: v.record(v.string(), v.string()),
  revoked: v.record(v.string(), v.string()),
  links: v.record(
    v.string(),
    v.object({ path: v.string(), poll: v.optional(v.string(), ''), code: v.optional(v.string(), '') }),
  ),
});
const template = v.object({
  Resources: v.record(v.string(), v.looseObject({ Type: v.string(), Properties: v.optional(anObject, {}) })),
  Outputs: v.optional(anObject, {}),
});
export type Template010 = v.InferOutput<typeof template>;

/** Where a file of the release 0.1.0 is. */
export const pathOf010 = (file: string): string => join(folder, file);

const read = <S extends v.GenericSchema>(file: string, schema: S): v.InferOutput<S> =>
  v.parse(schema, JSON.parse(readFileSync(pathOf010(file), 'utf8')));

/** Every item of a table as 0.1.0 left it. */
export const items010 = () => read('table.json', v.array(item));

/** The secrets beside that table, each with all its versions. */
export const secrets010 = () => read('secrets.json', v.array(secret));

/** The MongoDB users on the hosts of that table, without the admins and without passwords. */
export const users010 = () => read('users.json', v.array(user));

/** What people had in their hands at that moment (`now`): tokens, revoked tokens, links that were not used yet. */
export const held010 = () => read('held.json', held);

/** Other shapes of a template can be read, too: today's. */
export const readTemplate = (json: unknown): Template010 => v.parse(template, json);

export const template010 = (file: 'template.json' | 'template-all-settings.json'): Template010 => read(file, template);

/** Writes all that 0.1.0 left into an empty table, as it was. */
export async function loadTable010(table: Table): Promise<void> {
  await sideBySide(8, items010(), (one) => table.put(one));
}

/** Secrets Manager with the secrets of 0.1.0, for reading. */
export function secretReader010(): SecretReader {
  const secrets = new Map(secrets010().map(({ name, versions }) => [name, versions]));
  return {
    async get(id, stage = 'AWSCURRENT') {
      const version = secrets.get(id)?.find(({ stages }) => stages.includes(stage));
      return version ? { text: version.text, version: version.id } : 'missing';
    },
  };
}

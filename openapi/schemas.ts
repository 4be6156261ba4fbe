import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { moment } from '../shared/contract/fields';
import { inputs } from '../shared/contract/inputs';
import { event, grant, replies, rule, ruler, scope, storedRule, unreadable } from '../shared/contract/replies';
import { fieldSchemas } from './fields';
import { type InputName, isJson, type Operation, type ReplyName } from './operation';

export type Schema = Record<string, unknown>;

/** Parts of several answers. */
const parts = {
  Grant: grant,
  Rule: rule,
  StoredRule: storedRule,
  Ruler: ruler,
  Scope: scope,
  Unreadable: unreadable,
  Event: event,
};

/** What an answer is called in the document, where its own name is taken or says too little. */
const renamed: Partial<Record<ReplyName, string>> = {
  grant: 'Credential',
  renewed: 'RenewedGrant',
  rule: 'RuleSet',
  ruler: 'RulerSet',
  rulerRemoved: 'StoredRuler',
};
const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const nameOf = (reply: ReplyName): string => renamed[reply] ?? capital(reply);

const refTo = (name: string): string => `#/components/schemas/${name}`;
export const replyRef = (name: ReplyName): Schema => ({ $ref: refTo(nameOf(name)) });

export const inputRef = (name: InputName): Schema => ({ $ref: refTo(inputNameOf(name)) });
const inputNameOf = (name: InputName): string => `${capital(name)}Input`;

const fields: Record<string, v.GenericSchema> = Object.fromEntries(
  Object.entries(fieldSchemas).map(([name, { schema }]) => [name, schema]),
);
const config = {
  target: 'draft-2020-12',
  typeMode: 'input',
  // What can't be converted is code; what it comes to is said in fields.ts.
  errorMode: 'ignore',
  // To whom a moment becomes what, is nothing to who sends it.
  overrideRef: ({ referenceId }: { referenceId: string }) => refTo(referenceId === 'Moment' ? 'Time' : referenceId),
} as const;

/** The schemas that these operations need: the fields of requests, whole bodies, answers, and parts of them. */
export function namedSchemas(operations: readonly Operation[]): Record<string, Schema> {
  const shown = Object.entries(toJsonSchemaDefs(fields, config)).map(([name, schema]) => [
    name,
    shownAs(schema, fieldSchemas[name]?.shown),
  ]);
  const bodies = operations.flatMap(({ body }) => (body ? [[inputNameOf(body), inputSchema(body)]] : []));
  const answered = operations.flatMap(({ answers }) => Object.values(answers).flat());
  const answers: Record<string, v.GenericSchema> = Object.fromEntries(
    [...new Set(answered), 'problem' as const].filter(isJson).map((reply) => [nameOf(reply), replies[reply]]),
  );
  return plain({
    ...Object.fromEntries([...shown, ...bodies]),
    ...toJsonSchemaDefs({ ...answers, ...parts }, config),
  });
}

/** Alternatives that are said in full stand alone. */
const shownAs = (schema: object, shown: Schema = {}): Schema => ('anyOf' in shown ? shown : { ...schema, ...shown });

/** The input of a route, its fields by reference. */
export function inputSchema(name: InputName): Schema {
  const {
    $defs: _,
    $schema: __,
    ...schema
  } = toJsonSchema(inputs[name], {
    ...config,
    definitions: { ...fields, Moment: moment },
  });
  return plain({ ...schema });
}

/** Without what is undefined. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

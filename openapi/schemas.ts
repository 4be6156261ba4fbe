import { toJsonSchema, toJsonSchemaDefs } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { schemaOf } from '../shared/contract/fields/field';
import { moment, time } from '../shared/contract/fields/times';
import { event, grant, replies, rule, ruler, scope, storedRule, unreadable } from '../shared/contract/replies';
import type { ReplyName } from '../shared/contract/route';
import { fields } from './fields';
import { isJson, type Operation } from './operation';

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

/** The name of an answer in the document, if its own name is taken or says too little. */
const renamed: Partial<Record<ReplyName, string>> = {
  grant: 'Credential',
  renewed: 'RenewedGrant',
  rule: 'RuleSet',
  ruler: 'RulerSet',
  rulerRemoved: 'StoredRuler',
};
const capital = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
const nameOf = (reply: ReplyName): string => renamed[reply] ?? capital(reply);

export const refTo = (name: string): string => `#/components/schemas/${name}`;
export const replyRef = (name: ReplyName): Schema => ({ $ref: refTo(nameOf(name)) });

const config = {
  target: 'draft-2020-12',
  typeMode: 'input',
  // Checks in code can't be converted. The field's own words describe them.
  errorMode: 'ignore',
  // The document shows the time that clients send, not the number that it becomes.
  overrideRef: ({ referenceId }: { referenceId: string }) => refTo(referenceId === 'Seconds' ? 'Time' : referenceId),
} as const;

/** The schemas that these operations need: fields of requests, whole bodies, answers, and their parts. */
export function namedSchemas(operations: readonly Operation[]): Record<string, Schema> {
  const named = Object.entries(toJsonSchemaDefs(fields, config)).map(([name, schema]) => [
    name,
    // The check behind a changed input does not describe the input itself, so the field's words replace it.
    schemaOf(wordsIn(name), { ...schema, ...wordsIn(name) }),
  ]);
  const bodies = operations.flatMap(({ route: { body }, bodyName }) => (body ? [[bodyName, inputSchema(body)]] : []));
  const answered = operations.flatMap(({ route }) => Object.values(route.answers).flat());
  const answers: Record<string, v.GenericSchema> = Object.fromEntries(
    [...new Set(answered), 'problem' as const].filter(isJson).map((reply) => [nameOf(reply), replies[reply]]),
  );
  return plain({
    ...Object.fromEntries([...named, ...bodies]),
    ...toJsonSchemaDefs({ ...answers, ...parts }, config),
  });
}

const wordsIn = (name: string): object => (fields[name] ? v.getMetadata(fields[name]) : {});

/** The input of a route, with references to its fields. */
export function inputSchema(input: v.GenericSchema): Schema {
  const {
    $defs: _,
    $schema: __,
    ...schema
  } = toJsonSchema(input, {
    ...config,
    definitions: { ...fields, Time: moment, Seconds: time },
  });
  return plain({ ...schema });
}

const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));

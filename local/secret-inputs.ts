import * as v from 'valibot';
import { invalidParameter } from './secrets-fault';

const id = { SecretId: v.pipe(v.string(), v.minLength(1), v.maxLength(2048)) };
const stage = v.pipe(v.string(), v.minLength(1), v.maxLength(256));
const token = v.pipe(v.string(), v.minLength(32), v.maxLength(64));
const text = v.pipe(v.string(), v.maxLength(65_536));
const value = { SecretString: v.optional(text), SecretBinary: v.optional(text), ClientRequestToken: v.optional(token) };
const about = { Description: v.optional(v.pipe(v.string(), v.maxLength(2048))), KmsKeyId: v.optional(v.string()) };
const tags = v.array(v.object({ Key: v.string(), Value: v.optional(v.string()) }));
const name = v.pipe(v.string(), v.regex(/^[A-Za-z0-9/_+=.@!-]{1,512}$/, 'must hold only letters, digits and -/_+=.@!'));

export const createInput = v.object({ Name: name, ...value, ...about, Tags: v.optional(tags) });
export const getInput = v.object({ ...id, VersionId: v.optional(token), VersionStage: v.optional(stage) });
export const putInput = v.object({
  ...id,
  ...value,
  VersionStages: v.optional(v.pipe(v.array(stage), v.minLength(1), v.maxLength(20))),
});
export const rotateInput = v.object({
  ...id,
  ClientRequestToken: v.optional(token),
  RotationLambdaARN: v.optional(v.string()),
});
export const changeInput = v.object({ ...id, ...value, ...about });
export const stageInput = v.object({
  ...id,
  VersionStage: stage,
  MoveToVersionId: v.optional(token),
  RemoveFromVersionId: v.optional(token),
});
export const describeInput = v.object(id);
export const listInput = v.object({
  Filters: v.optional(
    v.array(v.object({ Key: v.literal('name', 'only the filter "name" is known here'), Values: v.array(v.string()) })),
  ),
  MaxResults: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100))),
  NextToken: v.optional(v.string()),
  IncludePlannedDeletion: v.optional(v.boolean()),
  SortOrder: v.optional(v.picklist(['asc', 'desc'])),
});
const days = v.pipe(
  v.number(),
  v.integer(),
  v.check((count) => count >= 7 && count <= 30, 'must be between 7 and 30'),
);
export const deleteInput = v.object({
  ...id,
  RecoveryWindowInDays: v.optional(days),
  ForceDeleteWithoutRecovery: v.optional(v.boolean()),
});

/** The parsed input of one call. Otherwise throws an InvalidParameterException with the field's name, never a value: it may be secret. */
export function parseInput<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true, message: 'is missing or not of the right form' });
  if (result.success) return result.output;
  const complaints = result.issues.map((issue) => [v.getDotPath(issue), issue.message].filter(Boolean).join(' '));
  throw invalidParameter(complaints.join('; '));
}

import * as v from 'valibot';
import { email } from '../contract/fields/access';
import { duration } from '../policy/durations';
import { parseContact } from './contact';
import { parseSender } from './sender';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const word = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.@-]+(\/[A-Za-z0-9_.@-]+)*$/));
const sender = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const sender = parseSender(dataset.typed ? dataset.value : '');
    if ('wrong' in sender) addIssue({ message: sender.wrong });
  }),
);
const labName = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,80}$/u, 'must be a name of at most 80 characters, in one line'),
);
const contact = v.pipe(
  v.string(),
  v.trim(),
  v.check((written) => parseContact(written) !== undefined, 'must be an e-mail address or a web address'),
);
const domain = v.pipe(v.string(), v.regex(/^([a-z0-9-]+\.)+[a-z0-9-]+$/, 'must be a domain name'));

const defaultName = 'mongogrant';

/** Lambda allows 4096 bytes of environment in all, and the other variables need some. */
const mostBytes = 3400;

const serviceSettings = {
  admins: v.pipe(
    v.array(email, 'must be a list of e-mail addresses'),
    v.minLength(1, 'must name at least one address'),
  ),
  mailFrom: sender,
  labName: v.optional(labName),
  contact: v.optional(contact),
  linkTtl: v.optional(duration(60), '15 m'),
  tokenTtl: v.optional(duration(1), '30 d'),
  grantTtl: v.optional(duration(1), '30 d'),
  maxGrantTtl: v.optional(duration(1), '90 d'),
  unaskedAfter: v.optional(duration(0), '24 h'),
  remindBefore: v.optional(duration(0), '3 d'),
  linkCooldown: v.optional(duration(0), '60 s'),
  linksPerDay: v.optional(count, 20),
  newAddressesPerDomainPerHour: v.optional(count, 100),
  linksPerHourPerIp: v.optional(count, 60),
  liveGrantsPerPersonAndHost: v.optional(count, 20),
  legacyRoutes: v.optional(v.boolean(), true),
  legacyDisclose: v.optional(v.boolean(), false),
  secretPrefix: v.optional(word, defaultName),
};

const deploymentSettings = {
  vpcId: v.optional(v.pipe(v.string(), v.regex(/^vpc-[0-9a-f]+$/))),
  subnetIds: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^subnet-[0-9a-f]+$/))), v.minLength(1))),
  securityGroupIds: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^sg-[0-9a-f]+$/))), v.minLength(1))),
  domainName: v.optional(domain),
  certificateArn: v.optional(v.pipe(v.string(), v.regex(/^arn:aws[a-z-]*:acm:/))),
  webAclArn: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^arn:aws[a-z-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[^/]+\/[0-9a-f-]+$/,
        'must be the ARN of a web ACL for CloudFront: one of the scope CLOUDFRONT, in us-east-1',
      ),
    ),
  ),
  frontCertificateArn: v.optional(
    v.pipe(v.string(), v.regex(/^arn:aws[a-z-]*:acm:us-east-1:/, 'must be the ARN of a certificate in us-east-1')),
  ),
  frontKeyVersion: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9-]{32,64}$/, 'must be the VersionId that put-secret-value printed')),
  ),
  kmsKeyArn: v.optional(
    v.pipe(
      v.string(),
      v.regex(
        /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/,
        'must be the ARN of a key, not of an alias: aws kms describe-key prints it',
      ),
    ),
  ),
  alarmEmail: v.optional(email),
  mailIdentity: v.optional(v.union([email, domain], 'must be an address or a domain')),
  tableName: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.-]{3,255}$/, 'must be the name of a table'))),
  stackName: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/)), defaultName),
  retain: v.optional(v.boolean(), true),
  reservedConcurrency: v.optional(count),
};

const serviceSchema = v.strictObject(serviceSettings);
const deploymentSchema = v.strictObject(deploymentSettings);

/** The settings that functions read. Durations are in whole seconds. */
export type Settings = v.InferOutput<typeof serviceSchema>;
/** Where and under which names the stack is deployed. */
export type Deployment = v.InferOutput<typeof deploymentSchema>;

export const parseSettings = (input: unknown): Settings => checked(serviceSchema, input);

/** All of `context.mongogrant`, checked, and split into what functions read and what only the stack needs. */
export function parseDeployment(input: unknown): {
  settings: Settings;
  deployment: Deployment;
  functionSettings: string;
} {
  checked(v.strictObject({ ...serviceSettings, ...deploymentSettings }), input);
  const written = Object.entries(v.parse(v.record(v.string(), v.unknown()), input));
  const service = Object.fromEntries(written.filter(([key]) => key in serviceSettings));
  const rest = Object.fromEntries(written.filter(([key]) => key in deploymentSettings));
  const functionSettings = JSON.stringify(service);
  if (Buffer.byteLength(functionSettings) > mostBytes)
    throw new Error(`Settings: longer than the ${mostBytes} bytes that a function can hold. Name fewer admins`);
  // Both stacks would use the prefix mongogrant/: the second could not be deployed, or would use the hosts of the first.
  if ('stackName' in rest && rest.stackName !== defaultName && !('secretPrefix' in service))
    throw new Error(
      `Settings: secretPrefix is missing (stackName is set). A new stack takes a name of its own; one that was made without it goes on with "secretPrefix": "${defaultName}"`,
    );
  return {
    settings: parseSettings(service),
    deployment: checked(deploymentSchema, rest),
    functionSettings,
  };
}

function checked<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  if (result.success) return result.output;
  throw new Error(`Settings: ${result.issues.map(complaint).join('; ')}`);
}

function complaint(issue: v.BaseIssue<unknown>): string {
  const key = v.getDotPath(issue) ?? 'settings';
  if (issue.expected === 'never') return `${key} is not a setting`;
  return issue.input === undefined ? `${key} is missing` : `${key} ${issue.message}`;
}

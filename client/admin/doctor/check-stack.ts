import { sameEndpoint } from '../../sdk/api/endpoint';
import type { StackFacts } from '../aws/read-stack';
import { type Finding, fail, ok, skipped, warn } from './finding';

/** The stack and its release. `mine`: the release of this command line; `endpoint`: the service that it asks. */
export function judgeStack(
  name: string,
  stack: StackFacts | undefined,
  { mine, endpoint }: { mine: string; endpoint: string | undefined },
): Finding[] {
  if (!stack)
    return [
      skipped(
        'stack',
        `There is no stack ${name} in this account and region.`,
        'Say its name with --stack or MONGOGRANT_STACK, and check AWS_REGION.',
      ),
    ];
  const { ApiAddress: address, Version: version } = stack.outputs;
  const other =
    address !== undefined && endpoint !== undefined && !sameEndpoint(address, endpoint)
      ? [warn('service', `The stack answers at ${address}, not at ${endpoint}.`, `mgrant doctor --endpoint ${address}`)]
      : [];
  return [judgeStatus(name, stack.status), judgeVersion(version, mine), ...other];
}

function judgeStatus(name: string, status: string): Finding {
  const look = `aws cloudformation describe-stack-events --stack-name ${name}`;
  if (status.endsWith('_IN_PROGRESS')) return warn('stack', `${name} is being changed (${status}).`, look);
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return ok('stack', `${name} is deployed (${status}).`);
  if (status === 'UPDATE_ROLLBACK_COMPLETE')
    return warn('stack', `The last deployment of ${name} failed, and was taken back.`, look);
  return fail('stack', `${name} is ${status}.`, look);
}

const deploy = 'In the repository: git pull, npm ci, npx cdk deploy';
const update = 'In the repository: git pull, npm ci, npm run build:client, npm install --global ./client';

function judgeVersion(deployed: string | undefined, mine: string): Finding {
  if (deployed === undefined)
    return warn(
      'version',
      `The deployment does not tell its release, so it is older than this mgrant ${mine}.`,
      deploy,
    );
  if (deployed === mine) return ok('version', `${deployed}, as this mgrant.`);
  const older = deployed.localeCompare(mine, 'en', { numeric: true }) < 0;
  return warn(
    'version',
    `The deployment is ${deployed}, ${older ? 'older' : 'newer'} than this mgrant ${mine}.`,
    older ? deploy : update,
  );
}

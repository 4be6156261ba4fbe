import type { DeploymentFindings } from '../../admin/doctor/check-deployment';
import { type Finding, fail, skipped } from '../../admin/doctor/finding';
import { sameEndpoint } from '../../sdk/api/endpoint';
import { isMongograntError } from '../../sdk/mongogrant-error';
import type { Remote } from '../../sdk/settings/settings-schema';
import { deploymentOf, useAws, withDeployment } from '../aws-options';
import type { MgrantCommand } from '../mgrant-command';
import type { Session } from '../session';

export function addDoctor(program: MgrantCommand): void {
  withDeployment(program.command('doctor'))
    .summary('whether all is well, and what to do where it is not')
    .description(
      'Checks a deployment from outside (the service, the clock, your token) and, where MONGOGRANT_TABLE or --table names its table and there are AWS credentials, from inside: stack, table, secrets, hosts, mail, jobs, limits and alarms. Changes nothing. What your rights in AWS do not allow is skipped. Ends with 1 if something fails.',
    )
    .examples('mgrant doctor', 'mgrant doctor --endpoint https://api.lab.org', 'mgrant doctor --json')
    .does(async (session) => {
      const remote = await remoteOf(session);
      const known = remote.endpoint;
      const work = Promise.all([outside(session, remote), inside(session, known)]);
      const [service, { findings, address }] = await session.wait('Looking at everything', () => work);
      const endpoint = known ?? address;
      const found = known === undefined && address ? await outside(session, { endpoint: address }) : service;
      const all = [...found, ...findings];
      const failed = all.some(({ state }) => state === 'fail');
      const { renderFindings } = await import('../render-findings');
      const sides = [
        { title: `From outside${endpoint === undefined ? '' : `: ${endpoint}`}`, findings: found },
        { title: 'From inside, with your AWS credentials', findings },
      ];
      session.show({ ok: !failed, checks: all }, () => renderFindings(sides, session.paint.out));
      if (failed) session.exitWith(1);
    });
}

type Asked = Partial<Remote>;

/** The service that was named, or the first one of the settings file, and the token for it. */
async function remoteOf(session: Session): Promise<Asked> {
  const client = await session.client();
  const remotes = await client.remotes();
  const { endpoint } = await client.home();
  const meant = remotes.filter((one) => endpoint === undefined || sameEndpoint(one.endpoint, endpoint));
  const first = meant.find(({ token }) => token !== '') ?? meant[0];
  return first ?? { ...(endpoint !== undefined && { endpoint }) };
}

async function outside({ options, io }: Session, { endpoint, token }: Asked): Promise<Finding[]> {
  if (endpoint === undefined)
    return [skipped('service', 'No service is known here.', 'mgrant doctor --endpoint https://api.lab.org')];
  const { checkService } = await import('../../admin/doctor/check-service');
  const { allowHttp = false } = options;
  return checkService({ fetch: io.fetch, now: io.now, allowHttp }, { endpoint, ...(token && { token }) });
}

async function inside(session: Session, endpoint: string | undefined): Promise<DeploymentFindings> {
  const nothing = (finding: Finding) => ({ findings: [finding], address: undefined });
  try {
    const settings = deploymentOf(session);
    const { checkDeployment } = await import('../../admin/doctor/check-deployment');
    const now = session.io.now();
    return await useAws(session, (tools) => checkDeployment({ tools, settings, endpoint, now }));
  } catch (fault) {
    if (!isMongograntError(fault)) throw fault;
    if (fault.code === 'table_missing')
      return nothing(
        skipped(
          'table',
          'Nobody named the table of a deployment.',
          'Admins: paste the line in the output ForAdmins of the stack, then mgrant doctor',
        ),
      );
    if (fault.code === 'aws_packages_missing' || fault.code === 'aws_region_missing')
      return nothing(skipped('table', 'AWS can not be asked.', fault.message));
    return nothing(
      fail('table', fault.message, 'Run mgrant doctor again. If it stays so, look at the AWS Health Dashboard.'),
    );
  }
}

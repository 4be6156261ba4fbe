import type { RegisteredHost } from '../../admin/hosts/list-hosts';
import { useAws, withDeployment } from '../aws-options';
import type { MgrantCommand } from '../mgrant-command';
import { table } from '../table';
import { moment } from '../times';
import { addAddHost, addRemoveHost, addRotateHost } from './change-hosts';

export function addHosts(program: MgrantCommand): void {
  const hosts = program
    .command('hosts')
    .summary('for admins with AWS credentials: register, check and remove MongoDB hosts')
    .description(
      'Registers, checks and removes MongoDB hosts. It works with your own AWS credentials, not with your token. Without a command, it lists the hosts.',
    );
  addList(hosts);
  addAddHost(hosts);
  addCheck(hosts);
  addRotateHost(hosts);
  addRemoveHost(hosts);
}

const states = (host: RegisteredHost): string =>
  host.state === 'retiring'
    ? `being removed: finish with mgrant hosts remove after ${moment(new Date(host.until * 1000))}`
    : { registered: 'registered', unreadable: "its secret can't be read" }[host.state];

function addList(hosts: MgrantCommand): void {
  withDeployment(hosts.command('list', { isDefault: true }))
    .description('Lists the registered hosts. One that was made in the last minutes may be missing.')
    .examples('mgrant hosts list', 'mgrant hosts list --json')
    .does(async (session) => {
      const found = await session.wait('Reading the hosts', () => useAws(session, (tools) => tools.hosts.list()));
      const rows = found.map((host) => [host.host, states(host)]);
      session.show(
        { hosts: found },
        () => table(['HOST', 'STATE'], rows, session.paint.out) || 'No host is registered.\n',
      );
    });
}

const collect = (name: string, names: string[] = []): string[] => [...names, name];

function addCheck(hosts: MgrantCommand): void {
  withDeployment(hosts.command('check <host>'))
    .description(
      'Logs in as mongogrant does, asks what its login may and may not do there, and prints the createRole that is missing. Changes nothing. It looks from here, not from where the functions run.',
    )
    .option('--db <database>', 'a database that is to be granted; may be repeated. All, if left out', collect)
    .examples('mgrant hosts check mongodb03.lab.org --db fw_phonons --db fw_alloys')
    .does(async (session, host: string, { db = 'any' }: { db?: string[] | 'any' }) => {
      const report = await session.wait(`Asking ${host}`, () =>
        useAws(session, (tools) => tools.hosts.check(host, db)),
      );
      const { renderCheck } = await import('../../admin/hosts/render-check');
      session.show(report, () => `${renderCheck(report)}\n`);
      const usable = report.state === 'checked' && report.verdict !== 'not_usable';
      if (!usable) session.exitWith(1);
    });
}

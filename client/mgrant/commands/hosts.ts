import type { Command } from 'commander';
import type { RegisteredHost } from '../../admin/hosts/list-hosts';
import { type DeploymentOptions, useAws, withDeployment } from '../aws-options';
import { examples } from '../examples';
import { type Context, openSession } from '../session';
import { table } from '../table';
import { moment } from '../times';
import { addAddHost, addRemoveHost, addRotateHost } from './change-hosts';

export function addHosts(program: Command, context: Context): void {
  const hosts = program
    .command('hosts')
    .summary('for admins with AWS credentials: register, check and remove MongoDB hosts')
    .description(
      'Registers, checks and removes MongoDB hosts. It works with your own AWS credentials, not with your token. Without a command, it lists the hosts.',
    );
  addList(hosts, context);
  addAddHost(hosts, context);
  addCheck(hosts, context);
  addRotateHost(hosts, context);
  addRemoveHost(hosts, context);
}

const states = (host: RegisteredHost): string =>
  host.state === 'retiring'
    ? `being removed: finish with mgrant hosts remove after ${moment(new Date(host.until * 1000))}`
    : { registered: 'registered', unreadable: "its secret can't be read" }[host.state];

function addList(hosts: Command, context: Context): void {
  withDeployment(hosts.command('list', { isDefault: true }))
    .description('Lists the registered hosts. One that was made in the last minutes may be missing.')
    .addHelpText('after', examples('mgrant hosts list', 'mgrant hosts list --json'))
    .action(async (options: DeploymentOptions, command: Command) => {
      const session = openSession(context, command);
      const found = await session.wait('Reading the hosts', () =>
        useAws(session, options, '', (tools) => tools.hosts.list()),
      );
      const rows = found.map((host) => [host.host, states(host)]);
      session.show({ hosts: found }, () => table(['HOST', 'STATE'], rows, 'No host is registered.', session.paint.out));
    });
}

const collect = (name: string, names: string[] = []): string[] => [...names, name];

function addCheck(hosts: Command, context: Context): void {
  withDeployment(hosts.command('check <host>'))
    .description(
      'Logs in as mongogrant does, asks what its login may and may not do there, and prints the createRole that is missing. Changes nothing. It looks from here, not from where the functions run.',
    )
    .option('--db <database>', 'a database that is to be granted; may be repeated. All, if left out', collect)
    .addHelpText('after', examples('mgrant hosts check mongodb03.lab.org --db fw_phonons --db fw_alloys'))
    .action(async (host: string, options: DeploymentOptions & { db?: string[] }, command: Command) => {
      const session = openSession(context, command);
      const report = await session.wait(`Asking ${host}`, () =>
        useAws(session, options, '', (tools) => tools.hosts.check(host, options.db ?? 'any')),
      );
      const { renderCheck } = await import('../../admin/hosts/render-check');
      session.show(report, () => `${renderCheck(report)}\n`);
      const usable = report.state === 'checked' && report.verdict !== 'not_usable';
      if (!usable) context.status = 1;
    });
}

import type { ActionReport } from './actions-on';
import type { HostReport } from './check-host';
import type { Checked } from './judge-host';
import type { Topology } from './server-kind';

const verdicts: Record<Checked['verdict'], string> = {
  ready: 'ready: mongogrant can do all of its work here.',
  limited: 'limited: grants can be given and ended, but see below.',
  not_usable: 'not usable: grants can not be given, or not ended.',
  unknown: 'unknown: the server does not tell what the login may do.',
};

const signs: Record<ActionReport['held'], string> = { yes: '+', no: '-', unknown: '?' };

/**
 * What a check found out, in plain lines, with what to paste into mongosh at the end.
 *
 * @example
 * mongodb03.lab.org is limited: grants can be given and ended, but see below.
 * MongoDB 7.0.14, replica set rs0, TLS, logged in as mongogrant@admin.
 * ...
 */
export function renderCheck(report: HostReport): string {
  if (report.state === 'unknown_host')
    return `${report.host} is not registered. Add it: mgrant hosts add ${report.host}`;
  if (report.state === 'unusable') return report.detail;
  const { host, verdict, actions, notes, role, retiredAt } = report;
  const mend = role
    ? [
        '',
        'This gives the login what it lacks. In mongosh, as somebody with the role root:',
        '',
        role.shell,
        ...role.warnings.map((warning) => `// ${warning}`),
      ]
    : [];
  return [
    `${host} is ${verdicts[verdict]}`,
    factsLine(report),
    ...(retiredAt === undefined ? [] : ['It is being removed.']),
    '',
    ...actions.map(actionLine),
    ...(notes.length > 0 ? ['', ...notes] : []),
    ...mend,
  ].join('\n');
}

function factsLine({ flavour, version, topology, tls, admin }: Checked): string {
  const facts = [`${flavour}${version ? ` ${version}` : ''}`, topologyText(topology), tls ? 'TLS' : 'no TLS'];
  return `${facts.join(', ')}, logged in as ${admin.user}@${admin.db}.`;
}

function topologyText(topology: Topology): string {
  if (topology.kind === 'replica_set') return `replica set ${topology.name}`;
  return topology.kind.replace('_', ' ');
}

function actionLine({ action, on, held, only }: ActionReport): string {
  const where = 'cluster' in on ? 'the cluster' : on.db === '' ? 'every database' : on.db;
  return `${signs[held]} ${action} on ${where}${only ? ` (only on ${only.join(', ')})` : ''}`;
}

import { grantAnswer } from '../../../shared/http/answers';
import type { HostRefusal } from '../../admin/hosts/host-registry';
import { actorOf, useAws, withActor } from '../aws-options';
import { type SecretOptions, secretOf } from '../host-secret-input';
import type { MgrantCommand } from '../mgrant-command';
import { Refused } from '../refused';
import { moment } from '../times';

export function addAddHost(hosts: MgrantCommand): void {
  withActor(hosts.command('add <host>'))
    .description(
      'Registers a host, under the name by which rules and people call it, with an admin login that manages its users. The password is asked for; a whole secret comes from a file or from stdin.',
    )
    .option('--username <name>', 'the admin login; asked for, if left out')
    .option('--auth-source <database>', 'the database of the login; admin, if left out')
    .option('--tls', 'the host takes TLS')
    .option('--replica-set <name>', 'the name of the replica set')
    .option('--users-db <database>', 'the one database in which users are made')
    .option(
      '--ca <file>',
      'the certificates of the authorities that sign the one of the host, in PEM; "rds" for Amazon\'s own. For a host whose certificate no usual authority signed',
    )
    .option('--public-uri <address>', 'the address for people, where they reach the host by another one than functions')
    .option(
      '--secret <file>',
      'the secret as JSON, in place of all this: docs/hosts.md has its fields. "-" reads stdin',
    )
    .option('--kms-key <arn>', "the KMS key of its secret; else MONGOGRANT_KMS_KEY, else the account's own")
    .option('--replace', 'take the place of the login that is registered, or bring the host back')
    .examples(
      'mgrant hosts add mongodb03.lab.org --username mongogrant --tls',
      'mgrant hosts add mongodb03.lab.org --username mongogrant --tls --ca lab-ca.pem',
      'mgrant hosts add localhost:27020 --secret host.json',
      'pass show mongodb03 | mgrant hosts add mongodb03.lab.org --secret - --replace',
    )
    .does(async (session, host: string, options: SecretOptions & { replace?: boolean }) => {
      const by = await actorOf(session);
      const secret = await secretOf(session, options);
      const added = await session.wait(`Registering ${host}`, () =>
        useAws(session, ({ hosts }) => hosts.add(host, secret, options.replace ?? false), by),
      );
      if (added.state === 'refused') throw refusal(added);
      for (const line of added.notes ?? []) session.note(line);
      const words = added.state === 'added' ? 'Registered' : 'Changed';
      session.show(
        added,
        () => `${words}: ${added.host}. See what its login may do: mgrant hosts check ${added.host}\n`,
      );
    });
}

export function addRotateHost(hosts: MgrantCommand): void {
  withActor(hosts.command('rotate <host>'))
    .description(
      'Begins to change the password of the admin login; Secrets Manager goes on by itself. Rotation must have been switched on for the host (docs/hosts.md). "npm start" can not rotate.',
    )
    .examples('mgrant hosts rotate mongodb03.lab.org')
    .does(async (session, host: string) => {
      const by = await actorOf(session);
      const rotated = await session.wait(`Rotating ${host}`, () =>
        useAws(session, ({ hosts }) => hosts.rotate(host), by),
      );
      if (rotated.state === 'refused') throw refusal(rotated);
      session.show(
        rotated,
        () => `Begun: ${rotated.host} gets another admin password within a minute. An alarm rings if it fails.\n`,
      );
    });
}

export function addRemoveHost(hosts: MgrantCommand): void {
  withActor(hosts.command('remove <host>'))
    .description(
      'Removes a host, in two calls some minutes apart: the first takes it out of use, the second deletes its secret. Refused while logins live there.',
    )
    .option('--force', 'end the logins that live there first')
    .option('-y, --yes', 'do not ask')
    .examples('mgrant hosts remove mongodb03.lab.org', 'mgrant hosts remove old.lab.org --force --yes')
    .does(async (session, host: string, { force = false }: { force?: boolean }) => {
      const by = await actorOf(session);
      await session.confirm(force ? `Remove ${host}, and end every login there?` : `Remove ${host}?`);
      const removed = await session.wait(`Removing ${host}`, () =>
        useAws(session, ({ hosts }) => hosts.remove(host, force), by),
      );
      if (removed.state === 'refused') throw refusal(removed);
      const ended = removed.ended.map(grantAnswer);
      const some = ended.length > 0 ? ` Logins ended: ${ended.length}.` : '';
      session.show({ ...removed, ended }, () =>
        removed.state === 'removed'
          ? `Removed: ${removed.host}. For a week, mgrant hosts add brings it back.${some}\n`
          : `Out of use: ${removed.host}. Run the same again after ${moment(new Date(removed.until * 1000))} to finish.${some}\n`,
      );
    });
}

const refusal = ({ reason, detail }: HostRefusal): Refused => new Refused(reason, detail);

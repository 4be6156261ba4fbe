import { moment } from '../moment';
import type { Grant } from '../replies';
import type { Credential, Wanted } from '../settings/credentials';

const nameOf = ({ host, db, role, label, username }: Credential): string =>
  `${role}:${host}/${db} (${label ? `label ${label}` : 'no label'}, user ${username})`;

/** Somebody else got a password for this login, and now we have got another one: for the same login, or under the wanted label. */
export function replacedElsewhere(
  credential: Credential,
  { passwordIssued }: Pick<Grant, 'passwordIssued'>,
  { label }: Pick<Wanted, 'label'>,
): string {
  const when = passwordIssued ? ` at ${moment(passwordIssued)}` : '';
  const now =
    label === (credential.label ?? '')
      ? 'You have a new password now, and theirs has stopped working. Give each machine and program a label of its own.'
      : `You have a login of your own now, under the label ${label}, and theirs goes on.`;
  return `The password for ${nameOf(credential)} was replaced: another machine or program asked for it under the same label${when}. ${now}`;
}

export const refusedEarly = (credential: Credential): string =>
  `MongoDB refused the password for ${nameOf(credential)}, so mongogrant got a new one. If this happens again and again, another machine asks under the same label. Give each machine a label of its own.`;

/** What a new password without a label ends, before it is asked for. */
export const replacesEverywhere = ({ host, db, role, username, ...given }: Grant): string => {
  const time = given.passwordIssued
    ? `the password that was given at ${moment(given.passwordIssued)}`
    : `its password (the first was given at ${moment(given.issued)})`;
  return `Without a label, this replaces the password for ${role}:${host}/${db} (user ${username}) everywhere: ${time} stops working. Use a label to get a login of its own.`;
};

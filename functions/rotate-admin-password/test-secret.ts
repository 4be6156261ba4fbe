import { hostWith, type Rotation, type RotationDeps, RotationRefused, readBoth } from './rotation';

/** Step 3: checks that the pending login works and has the roles of the current one. */
export async function testSecret({ admins, ...deps }: RotationDeps, rotation: Rotation): Promise<void> {
  const { current, pending } = await readBoth({ admins, ...deps }, rotation);
  const held = await admins.login(hostWith(rotation, current, pending.login));
  if (held === 'refused') throw new RotationRefused(`The pending login of ${rotation.name} is refused`);
  if (pending.login.username === current.login.username) return;
  const needed = await admins.login(hostWith(rotation, current, current.login));
  if (needed === 'refused') throw new RotationRefused(`The current login of ${rotation.name} is refused`);
  // An admin who gives a role to one of the two may forget the other.
  const lacking = needed.filter(({ role, db }) => !held.some((other) => other.role === role && other.db === db));
  if (lacking.length === 0) return;
  const roles = lacking.map(({ role, db }) => `${role}@${db}`).join(', ');
  throw new RotationRefused(`${pending.login.username} lacks roles that ${current.login.username} has: ${roles}`);
}

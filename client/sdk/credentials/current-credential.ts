import type { ClientContext } from '../client-context';
import { type Credential, findCredential, type Wanted } from '../settings/credentials';
import { hasEnded, isDue } from './due';
import { lookUp } from './look-up';
import { obtainCredential } from './obtain-credential';
import { refusedEarly, replacedElsewhere } from './replaced-words';

/**
 * The credential of {@link obtainCredential}, after the service was asked whether it still knows the one in the settings file, and its
 * password: once for each credential, or each time with `confirm`. If it does not, there is a new one. Where the service can't be asked
 * the held one is used.
 */
export async function currentCredential(
  context: ClientContext,
  wanted: Wanted,
  { confirm = false }: { confirm?: boolean } = {},
): Promise<Credential> {
  const held = findCredential(await context.file.read(), wanted);
  const ended = held !== undefined && hasEnded(held, context.now());
  // A renewal asks the service, too.
  if (!held || (isDue(held, context.now()) && !ended)) return obtainCredential(context, wanted);
  // This machine's clock may have been wrong, or set: the answer tells the time before anything is taken for over.
  const standing = await lookUp(context, { wanted, credential: held, again: confirm || ended });
  if (standing.state === 'gone') return obtainCredential(context, wanted, { credential: held });
  if (standing.state === 'replaced')
    return obtainCredential(context, wanted, {
      credential: held,
      warning: replacedElsewhere(held, standing.grant, wanted),
    });
  if (confirm && standing.state === 'unknown' && standing.failure)
    context.warn(
      `This login is from ${held.endpoint}, which could not be asked whether it is still good. ${standing.failure.message}`,
    );
  return obtainCredential(context, wanted);
}

/** Another credential in the place of one that MongoDB has refused. */
export async function replaceRefused(context: ClientContext, wanted: Wanted, refused: Credential): Promise<Credential> {
  const standing = await lookUp(context, { wanted, credential: refused, again: true });
  const warning =
    standing.state === 'replaced' ? replacedElsewhere(refused, standing.grant, wanted) : refusedEarly(refused);
  return obtainCredential(context, wanted, { credential: refused, warning });
}

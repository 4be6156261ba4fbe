import * as v from 'valibot';
import { certificateNotes, readCertificates } from '../../../shared/aws/certificates';
import type { HostSecret } from '../../../shared/aws/secrets';

const helloReply = v.object({
  saslSupportedMechs: v.optional(v.array(v.string())),
  lastWrite: v.optional(v.object({ lastWriteDate: v.date(), majorityWriteDate: v.date() })),
});

/** What is wrong with a host for as long as it is so: `open` to everybody, or `stuck` without a majority. */
export interface State {
  open: boolean;
  stuck: boolean;
  /** What an admin should know or mend, a sentence each. */
  notes: string[];
}

/** Seconds. The primary writes something every ten seconds, even if nobody else writes. */
const tolerated = 15;

/**
 * How a host stands at the moment.
 *
 * @param open whether somebody who did not log in was answered
 */
export function stateOf(secret: HostSecret, { hello, open }: { hello: unknown; open: boolean }, now: Date): State {
  const { success, output } = v.safeParse(helloReply, hello);
  const { lastWrite, saslSupportedMechs: mechanisms = [] } = success ? output : {};
  const behind = lastWrite ? (lastWrite.lastWriteDate.getTime() - lastWrite.majorityWriteDate.getTime()) / 1000 : 0;
  const stuck = behind > tolerated;
  return {
    open,
    stuck,
    notes: [
      ...(open ? [opened] : []),
      ...(stuck
        ? [
            `A majority of the members can't be reached now, or is ${Math.round(behind)} s behind: logins can neither be given nor ended until it is back, as a change that a majority does not have can be lost. rs.status() in mongosh says which members are missing.`,
          ]
        : []),
      ...(mechanisms.length > 0 && mechanisms.every((mechanism) => mechanism === 'SCRAM-SHA-1')
        ? [
            "SCRAM-SHA-1 is all that is offered for mongogrant's own login, and likely for every other. SCRAM-SHA-256 is stronger; db.adminCommand({ getParameter: 1, authenticationMechanisms: 1 }) says what the server takes.",
          ]
        : []),
      ...authorityNotes(secret, now),
    ],
  };
}

const opened =
  'ANYBODY WHO REACHES THIS SERVER MAY DO EVERYTHING, WITHOUT A LOGIN: IT RUNS WITHOUT ACCESS CONTROL. WHAT MONGOGRANT GIVES AND ENDS HERE PROTECTS NOTHING. Start it with --auth (security.authorization: enabled in its configuration).';

/** What an admin should know of the authorities in a secret. */
export function authorityNotes({ ca }: Pick<HostSecret, 'ca'>, now: Date): string[] {
  const read = ca === undefined || ca === 'rds' ? undefined : readCertificates(ca);
  return read && 'certificates' in read ? certificateNotes(read.certificates, now) : [];
}

import { firstMember } from '../../../local/seed';
import { awsSecrets } from '../../../shared/aws/secrets';
import { issuerOf } from '../../../shared/http/authenticate';
import { day, seconds } from '../../../shared/policy/time';
import { putLink, redeemLink } from '../../../shared/store/links';
import { dynamoTable } from '../../../shared/store/table';
import { signToken } from '../../../shared/tokens/fetch-tokens';
import { newId, newLink } from '../../../shared/tokens/tokens';
import { bounceOf } from '../../../test/support/ses-events';
import { type Ask, eventOf } from '../../../test/support/stage';
import type { Backends } from '../backends/start-backends';

/** What a process is asked first: an event of API Gateway with the status that answers it, or what starts a job. */
export interface FirstRequest {
  event: unknown;
  status?: number;
}

/** The first requests to each function, by its name. Each call makes a new one. A function that is missing here is not asked. */
export async function firstRequests({ environment, host }: Backends) {
  const { tableName, stackName } = environment;
  const table = dynamoTable(tableName);
  const secrets = awsSecrets('mongogrant');
  const [signing, links] = [await secrets.signingKeys(), await secrets.linkKeys()];
  const ends = () => seconds(new Date()) + day;

  async function mailedLink(email: string) {
    const made = newLink(links, email);
    await putLink(table, { ...made, expiresAt: ends() });
    return made;
  }

  async function tokenFor(email: string): Promise<string> {
    const link = await mailedLink(email);
    const now = seconds(new Date());
    await redeemLink(table, link, { expiresAt: ends(), now });
    return signToken(signing, issuerOf(stackName), { email, id: link.id, issuedAt: now, expiresAt: ends() });
  }

  const [member, admin] = [await tokenFor(firstMember), await tokenFor('admin@example.com')];
  const ask = (status: number, method: string, target: string, options: Ask = {}): FirstRequest => ({
    event: eventOf(method, target, options, new Date()),
    status,
  });
  const job = { event: {} };
  const labels: string[] = [];

  return {
    'request-link': async () => ask(202, 'POST', '/links', { body: { email: firstMember } }),
    'redeem-link': async () => ask(200, 'POST', `/links/${(await mailedLink(firstMember)).link}`),
    'grant-credentials': async () => {
      const label = newId().slice(0, 8);
      labels.push(label);
      return ask(201, 'POST', '/grants', { token: member, body: { host, db: 'demo', role: 'readWrite', label } });
    },
    // Ends what was granted before.
    revoke: async () => ask(200, 'DELETE', `/grants?label=${labels.shift()}`, { token: member }),
    grants: async () => ask(200, 'GET', '/grants', { token: member }),
    rules: async () => ask(200, 'GET', '/rules', { token: admin }),
    audit: async () => ask(200, 'GET', `/audit?email=${firstMember}`, { token: member }),
    'note-feedback': async () => ({ event: bounceOf(firstMember) }),
    reap: async () => job,
    reconcile: async () => job,
    remind: async () => job,
  } satisfies Record<string, () => Promise<FirstRequest>>;
}

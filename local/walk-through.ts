import { firstMember } from './seed';
import type { Service } from './service';

export interface Step {
  say: string;
  /** Lines for a shell. */
  run: string[];
}

type Addresses = Pick<Service, 'api' | 'mailbox' | 'dynamodb' | 'secretsManager' | 'host'>;

/** The story of mongogrant in commands that need curl and nothing else: each can be pasted as it stands. */
export function steps({ api, mailbox, host }: Addresses): Step[] {
  const field = (name: string) => `grep -o '"${name}":"[^"]*' | cut -d'"' -f4`;
  const withToken = `-H "Authorization: Bearer $TOKEN"`;
  return [
    { say: 'Ask for a link. It is mailed.', run: [`curl -s ${api}/links -d email=${firstMember}; echo`] },
    {
      say: 'Take it from the mailbox, and redeem it: the answer holds your token.',
      run: [
        `LINK=$(curl -s ${mailbox}/store | grep -o '${api}/links/[A-Za-z0-9._-]*' | tail -n 1)`,
        `TOKEN=$(curl -s -X POST "$LINK" | ${field('token')})`,
      ],
    },
    { say: 'See who you are and what you may use.', run: [`curl -s ${api}/me ${withToken}; echo`] },
    {
      say: 'Ask for a MongoDB login.',
      run: [
        `URI=$(curl -s ${api}/grants ${withToken} -d host=${host} -d db=demo -d role=readWrite | ${field('uri')})`,
        'echo "$URI"',
      ],
    },
    {
      say: 'Use it, with mongosh (npm install --global mongosh) or any other client.',
      run: [`mongosh "$URI" --eval 'db.notes.insertOne({ hello: "world" })'`],
    },
    {
      say: 'Revoke it. From then on the login is refused, also on a connection that is open.',
      run: [`curl -s -X DELETE ${api}/grants ${withToken}; echo`],
    },
  ];
}

/** What `npm start` prints. */
export function walkThrough(
  service: Addresses & Pick<Service, 'forAdmins' | 'given'>,
  dataDir: string | undefined,
): string {
  const parts = [
    ['API', service.api],
    ['mailbox', service.mailbox],
    ['DynamoDB', service.dynamodb],
    ['Secrets Manager', service.secretsManager],
    ['MongoDB', service.host],
  ].map(([name, address]) => `  ${name?.padEnd(16)} ${address}`);
  const story = steps(service).flatMap(({ say, run }, index) => ['', `# ${index + 1}. ${say}`, ...run]);
  return [
    'mongogrant is running, on this machine only:',
    '',
    ...parts,
    '',
    ...whatIsKept(service, dataDir),
    'For mgrant hosts and mgrant import:',
    '',
    service.forAdmins,
    '',
    'Try it in another terminal:',
    ...story,
    '',
    `# Or with mgrant (README, "Try it with mgrant"): mgrant login ${firstMember} --endpoint ${service.api}`,
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

function whatIsKept({ given, host }: Pick<Service, 'given' | 'host'>, dataDir: string | undefined): string[] {
  if (!dataDir) return ['State is in memory only (DATA_DIR names a folder to keep it).'];
  const kept = `State is kept in ${dataDir}.`;
  return given
    ? [kept, `Logins on ${host} outlive this service; whenever it runs, it ends those that are due.`]
    : [kept];
}

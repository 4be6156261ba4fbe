import { firstMember } from './seed';
import {
  type Act,
  type Addresses,
  askForLink,
  type Found,
  getLogin,
  redeemLink,
  revokeLogin,
  seeAccess,
  useLogin,
} from './story-acts';

interface Step {
  say: string;
  /** Shell lines that need only curl, and can be pasted as they are. */
  run: string[];
  /** The same step for the demo, with attempts that must fail. */
  act: Act;
}

/** The story of mongogrant: `npm start` and docs/http.md tell it in commands, and `npm run demo` runs it. */
function steps({ api, mailbox, host }: Addresses): Step[] {
  const field = (name: string) => `grep -o '"${name}":"[^"]*' | cut -d'"' -f4`;
  // Everybody on the machine can read the arguments of a program.
  const withToken = '-H @- <<< "Authorization: Bearer $TOKEN"';
  return [
    {
      say: 'Ask for a link. It is mailed.',
      run: [`curl -s ${api}/links -d email=${firstMember}; echo`],
      act: askForLink,
    },
    {
      say: 'Take it from the mailbox, and redeem it: the answer holds your token.',
      run: [
        `LINK=$(curl -s ${mailbox}/store | grep -o '${api}/links/[A-Za-z0-9._-]*' | tail -n 1)`,
        `TOKEN=$(curl -s -X POST "$LINK" | ${field('token')})`,
      ],
      act: redeemLink,
    },
    { say: 'See who you are and what you may use.', run: [`curl -s ${api}/me ${withToken}; echo`], act: seeAccess },
    {
      say: 'Ask for a MongoDB login.',
      run: [
        `URI=$(curl -s ${api}/grants -d host=${host} -d db=demo -d role=readWrite ${withToken} | ${field('uri')})`,
        'echo "$URI"',
      ],
      act: getLogin,
    },
    {
      say: 'Use it, with mongosh (npm install --global mongosh) or any other client.',
      run: [`mongosh "$URI" --eval 'db.notes.insertOne({ hello: "world" })'`],
      act: useLogin,
    },
    {
      say: 'Revoke it. From then on the login is refused, on open connections, too.',
      run: [`curl -s -X DELETE '${api}/grants?host=${host}&db=demo' ${withToken}; echo`],
      act: revokeLogin,
    },
  ];
}

const heading = ({ say }: Step, index: number) => `# ${index + 1}. ${say}`;

/** The story in shell lines. */
export function inCommands(addresses: Addresses): string {
  return steps(addresses)
    .map((step, index) => [heading(step, index), ...step.run].join('\n'))
    .join('\n\n');
}

/** Runs the whole story and tells of each step. Throws at the first step that goes wrong. */
export async function takeStory(addresses: Addresses, tell: (line: string) => void): Promise<void> {
  const found: Found = { token: '', uri: '', client: undefined };
  try {
    for (const [index, step] of steps(addresses).entries()) {
      tell(`\n${heading(step, index)}`);
      await step.act(addresses, found, (what) => tell(`  ${what}`));
    }
  } finally {
    await found.client?.close();
  }
}

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { builtMgrant } from '../../support/built-mgrant';
import { onTerminal } from '../../support/on-terminal';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();
let mgrant: Awaited<ReturnType<typeof builtMgrant>>;

beforeAll(async () => {
  mgrant = await builtMgrant();
}, 60_000);
afterAll(() => mgrant.close());

/** What a person has, without a service that answers. */
const settings = {
  fetch: {
    remotes: [{ endpoint: 'http://127.0.0.1:9', token: 'none' }],
    host_aliases: { near: 'localhost:27020' },
    db_aliases: {},
  },
  auth: ['fw_phonons', 'other'].map((db) => ({
    ...{ host: 'localhost:27020', db, role: 'readWrite', username: 'you', password: 'secret' },
  })),
};

let env: Record<string, string>;
beforeEach(async () => {
  const [home, bin] = [folder.path('home'), folder.path('bin')];
  await Promise.all([mkdir(home), mkdir(bin)]);
  await symlink(mgrant.binary, `${bin}/mgrant`);
  await writeFile(`${home}/.mongogrant.json`, JSON.stringify(settings), { mode: 0o600 });
  await writeFile(`${home}/rules.yaml`, 'rules: []\n');
  env = { HOME: home, PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter), LC_ALL: 'C.UTF-8' };
});

afterEach(() => expect(existsSync(folder.path('home/ran'))).toBe(false));

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const prompt = 'READY> ';
const interactive = {
  bash: [`bash --norc --noprofile -i`, `PS1='REA''DY> '; cd ~; . <(mgrant completion bash)\n`],
  zsh: [`zsh -f -i`, `PS1='REA''DY> '; cd ~; autoload -U compinit; compinit -u -D; . <(mgrant completion zsh)\n`],
} as const;

/** What the shell makes of a line when Tab is pressed at its end: the words that a program would get. */
async function completed(shell: keyof typeof interactive, typed: string): Promise<string> {
  const [command, setup] = interactive[shell];
  const { out } = await onTerminal(command, env, [
    ['', setup],
    // To the beginning of the line: the completed words become arguments of a program that prints them.
    [prompt, `${typed}\t\u0001printf '<%s>' \n`],
    [prompt, 'exit\n'],
  ]);
  return /<mgrant>((?:<[^<>]*>)*)/.exec(out)?.[1] ?? out;
}

const lines: [typed: string, words: string][] = [
  ['mgrant who', '<whoami>'],
  ['mgrant rules exp', '<rules><export>'],
  ['mgrant db --form', '<db><--format>'],
  ['mgrant db --format fire', '<db><--format><fireworks>'],
  ['mgrant db --format=fire', '<db><--format=fireworks>'],
  ['mgrant db loc', '<db><localhost:27020>'],
  ['mgrant db localhost:', '<db><localhost:27020>'],
  ['mgrant db localhost:270', '<db><localhost:27020>'],
  ['mgrant --json db localhost:27020 fw', '<--json><db><localhost:27020><fw_phonons>'],
  ['mgrant db near oth', '<db><near><other>'],
  ['mgrant db rw:localhost:27020/fw', '<db><rw:localhost:27020/fw_phonons>'],
  ['mgrant rules plan rul', '<rules><plan><rules.yaml>'],
  ["mgrant db '$(touch ran)' fw", '<db><$(touch ran)><fw>'],
];

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  (has(shell) ? test.each(lines) : test.skip.each(lines))('%s<Tab>', async (typed, words) => {
    expect(await completed(shell, typed)).toBe(words);
  });
});

(has('fish') ? test : test.skip)('fish completes the same', async () => {
  await mkdir(folder.path('home/.config/fish/completions'), { recursive: true });
  await writeFile(
    folder.path('home/.config/fish/completions/mgrant.fish'),
    (await mgrant.run(env.HOME ?? '', ['completion', 'fish'])).out,
  );
  const offered = (line: string) =>
    execFileSync('fish', ['-c', `cd ~; complete -C ${JSON.stringify(line).replaceAll('$', '\\$')}`], {
      env,
      encoding: 'utf8',
    })
      .split('\n')
      .flatMap((word) => word.split('\t')[0] || []);
  for (const [typed, words] of lines) {
    const last = /<([^<>]*)>$/.exec(words)?.[1];
    expect([typed, offered(typed)]).toEqual([typed, typed.includes('touch') ? [] : [last]]);
  }
});

test('Tab at a service that hangs is answered within about a second', async () => {
  const { createServer } = await import('node:net');
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const remotes = [{ endpoint: `http://127.0.0.1:${port}`, token: 'none' }];
  const text = JSON.stringify({ ...settings, fetch: { ...settings.fetch, remotes } });
  await writeFile(folder.path('home/.mongogrant.json'), text, { mode: 0o600 });
  const ran = await mgrant.run(env.HOME ?? '', ['complete', '--', 'db', '']);
  expect(ran).toEqual({ status: 0, out: 'localhost:27020\nnear\n', err: '' });
  server.close();
});

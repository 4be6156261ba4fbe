import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { runMgrant } from '../../support/run-mgrant';
import { temporaryFolder } from '../../support/temporary-folder';

const folder = temporaryFolder();

/** What bash would offer for the last word. */
async function offers(words: string[]): Promise<string[]> {
  const file = folder.path('mgrant.bash');
  await writeFile(file, (await runMgrant(['completion', 'bash'])).out);
  const script = `. "$0"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mgrant; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const out = execFileSync('bash', ['-u', '-c', script, file, 'mgrant', ...words], { encoding: 'utf8' });
  return out.split('\n').filter(Boolean);
}

test('bash completes commands', async () => {
  expect(await offers(['re'])).toEqual(['renew', 'revoke']);
  expect(await offers(['rules', 'a'])).toEqual(['apply']);
  expect(await offers(['completion', ''])).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
});

test('bash completes options, those of every command included', async () => {
  expect(await offers(['db', 'h', 'd', '--fo'])).toEqual(['--format']);
  expect(await offers(['rules', 'remove', '--dr'])).toEqual(['--dry-run']);
  expect(await offers(['--js'])).toEqual(['--json']);
  expect(await offers(['--json', 'rules', 'list', '--e'])).toEqual(['--email', '--endpoint']);
});

test('bash completes what an option may be', async () => {
  expect(await offers(['db', 'h', 'd', '--format', 'f'])).toEqual(['fireworks']);
  expect(await offers(['rules', 'set', '--which', ''])).toEqual(['allow', 'deny']);
  expect(await offers(['db', 'h', 'd', '--format', 'uri', '--r'])).toEqual(['--role']);
});

test('fish and zsh get scripts of their own', async () => {
  const fish = (await runMgrant(['completion', 'fish'])).out;
  expect(fish).toContain("complete -c mgrant -n '__fish_seen_subcommand_from db' -l format -x -a 'uri env json");
  expect(fish).toContain("-n '__fish_seen_subcommand_from rules; and not __fish_seen_subcommand_from list");
  expect((await runMgrant(['completion', 'zsh'])).out).toContain('bashcompinit');
});

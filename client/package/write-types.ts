import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** The relative paths that a type declaration imports: with `import` and `export`, and inside of types. */
const specifiers = /(from |import\()(['"])(\.{1,2}\/[^'"]+)\2/g;

/** Writes the type declarations of an entry file, and of all that they mention, in the form that Node's own resolution asks for. */
export async function writeTypes(entry: string, folder: string): Promise<void> {
  const whole = await mkdtemp(join(tmpdir(), 'mongogrant-types-'));
  try {
    const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
    const project = join(whole, 'tsconfig.json');
    const root = process.cwd();
    await writeFile(
      project,
      JSON.stringify({
        extends: join(root, 'tsconfig.json'),
        compilerOptions: {
          ...{ declaration: true, emitDeclarationOnly: true, noEmit: false, rootDir: root, outDir: whole },
          ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
        },
        include: [],
        files: [join(root, entry)],
      }),
    );
    await promisify(execFile)(process.execPath, [tsc, '-p', project]);
    await copyMentioned(whole, entry.replace(/\.ts$/, '.d.ts'), folder);
  } finally {
    await rm(whole, { recursive: true });
  }
}

async function copyMentioned(from: string, entry: string, to: string): Promise<void> {
  const files = new Set([entry]);
  // Those that are added meanwhile have their turn, too.
  for (const file of files) {
    const text = await readFile(join(from, file), 'utf8');
    await mkdir(dirname(join(to, file)), { recursive: true });
    await writeFile(join(to, file), text.replace(specifiers, '$1$2$3.js$2'));
    for (const [, , , path = ''] of text.matchAll(specifiers)) files.add(join(dirname(file), `${path}.d.ts`));
  }
}

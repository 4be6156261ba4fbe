import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { loadedAtImport } from '../support/loaded-at-import';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();

/** Each says that it runs. `both` is imported in both ways, `late` and `under-late` by an `import()` alone, `shaken` for nothing. */
const files = {
  'entry.mjs': `import './now.mjs'; import './both.mjs'; import { a } from './shaken.mjs'; globalThis.load = () => import('./late.mjs');`,
  'now.mjs': `import required from './required.cjs'; import { join } from 'node:path'; console.log('now', join(required));`,
  'required.cjs': `const { EOL } = require('os'); module.exports = 'x' + EOL; console.log('required');`,
  'both.mjs': `console.log('both');`,
  'shaken.mjs': `export const a = 1;`,
  'late.mjs': `import 'node:zlib'; import './both.mjs'; import './under-late.mjs'; console.log('late');`,
  'under-late.mjs': `console.log('under-late');`,
};

test('what runs at import is counted, and what waits for an import() is not', async () => {
  for (const [name, text] of Object.entries(files)) writeFileSync(folder.path(name), text);
  const { metafile } = await build({
    ...{ entryPoints: [folder.path('entry.mjs')], absWorkingDir: folder.path(''), outfile: folder.path('out.mjs') },
    ...{ bundle: true, format: 'esm', platform: 'node', minify: true, metafile: true },
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
  });
  const { 'out.mjs': output } = metafile.outputs;
  if (!output) throw new Error('no output');
  const { modules, builtins } = loadedAtImport({ output, inputs: metafile.inputs });
  const ran = execFileSync(process.execPath, [folder.path('out.mjs')], { encoding: 'utf8' });
  expect(ran.match(/^[\w-]+/gm)?.sort()).toEqual(['both', 'now', 'required']);
  expect(modules.map(({ file }) => file).sort()).toEqual(['both.mjs', 'entry.mjs', 'now.mjs', 'required.cjs']);
  expect(builtins).toEqual(['os', 'path']);
  expect(Object.keys(output.inputs)).toContain('under-late.mjs');
});

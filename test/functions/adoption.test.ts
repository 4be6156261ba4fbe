import { readdirSync } from 'node:fs';
import { build } from 'esbuild';

test('no function holds what can tag a user who is not ours', async () => {
  const entryPoints = readdirSync('functions').map((name) => `functions/${name}/index.ts`);
  expect(entryPoints.length).toBeGreaterThan(8);
  const options = {
    bundle: true,
    metafile: true,
    write: false,
    outdir: 'out',
    platform: 'node',
    logLevel: 'error',
  } as const;
  const { metafile } = await build({ entryPoints, ...options });
  const inputs = Object.keys(metafile.inputs);
  expect(inputs).toContain('shared/mongo/tagged-users.ts');
  expect(inputs.filter((file) => /adopt|^client/.test(file))).toEqual([]);
});

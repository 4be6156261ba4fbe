import { build } from 'esbuild';

test('the client brings along no part of AWS, no MongoDB driver, and nothing that only tests need', async () => {
  const { metafile } = await build({
    stdin: {
      contents: ['parse-rules-file', 'plan-rules', 'render-plan', 'apply-rules']
        .map((name) => `export * from './client/rules-file/${name}';`)
        .join('\n'),
      resolveDir: process.cwd(),
    },
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
  });
  const files = Object.keys(metafile.inputs);
  const packages = new Set(files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
  expect([...packages].sort()).toEqual(['ms', 'valibot', 'yaml']);
});

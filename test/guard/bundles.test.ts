import { readdirSync } from 'node:fs';
import { type Bundle, bundleAll } from '../../infra/bundle';
import { loadedAtImport } from '../support/loaded-at-import';
import { holdToLimits } from './limits';

const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);

function figuresOf(bundle: Bundle): Record<string, number> {
  const { modules, builtins } = loadedAtImport(bundle);
  return {
    bytes: bundle.output.bytes,
    'bytes at import': sum(modules.map(({ bytes }) => bytes)),
    'modules at import': modules.length,
    'Node.js modules': builtins.length,
  };
}

/** The packages, or folders of ours, that weigh most of what a bundle runs at import. */
function heaviest(bundle: Bundle): string {
  const groups = new Map<string, number>();
  for (const { file, bytes } of loadedAtImport(bundle).modules)
    groups.set(groupOf(file), (groups.get(groupOf(file)) ?? 0) + bytes);
  const most = [...groups].toSorted(([, a], [, b]) => b - a).slice(0, 8);
  return `heaviest at import: ${most.map(([group, bytes]) => `${group} ${Math.round(bytes / 1000)} kB`).join(', ')}`;
}

const groupOf = (file: string): string =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(file)?.[1] ?? file.split('/').slice(0, 2).join('/');

test('no function grows beyond its limits: what is deployed, and what runs when it starts', async () => {
  const bundles = await bundleAll(readdirSync('functions'));
  const counted = Object.fromEntries(Object.entries(bundles).map(([name, bundle]) => [name, figuresOf(bundle)]));
  const detail = (name: string) => (bundles[name] ? heaviest(bundles[name]) : '');
  expect(holdToLimits('bundles', counted, detail)).toEqual([]);
}, 60_000);

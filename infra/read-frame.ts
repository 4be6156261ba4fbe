import { SourceMap } from 'node:module';
import path from 'node:path';
import { bundleAll } from './bundle';
import { entryOf, root } from './bundling';

export interface Place {
  /** The path from the project's folder. */
  file: string;
  line: number;
}

/**
 * The place in the source of a frame in a log. Deployed bundles have no source maps, as reading one takes a function a fifth of a second and
 * 60 MB. The same source makes the same bundle, so the map can be made when needed.
 */
export async function readFrame(name: string, frame: string): Promise<Place> {
  const [, line, column] = /:(\d+):(\d+)\)?$/.exec(frame) ?? [];
  if (line === undefined || column === undefined) throw new Error(`${frame} ends in no line and column`);
  const { [name]: bundle } = await bundleAll([name]);
  const entry = new SourceMap(JSON.parse(bundle?.map ?? '')).findEntry(Number(line) - 1, Number(column) - 1);
  if (!('originalSource' in entry)) throw new Error(`${name} has no such place: was another release deployed?`);
  const file = path.relative(root, path.resolve(path.dirname(entryOf(name)), entry.originalSource));
  return { file, line: entry.originalLine + 1 };
}

async function main([name, ...frame]: string[]): Promise<void> {
  if (name === undefined || frame.length === 0) throw new Error('Say which function, and which frame of its log');
  const { file, line } = await readFrame(name, frame.join(' '));
  console.log(`${file}:${line}`);
}

if (require.main === module)
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });

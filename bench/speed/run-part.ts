import type { Options } from './measure/measured';
import { type PartName, parts } from './parts';

// A process of its own for one part, so that none inherits another one's memory, clients or compiled code.
async function run(name: PartName, options: Options): Promise<void> {
  const measured = await parts[name](options);
  process.send?.(measured, () => process.exit(0));
}

run(process.argv[2] as PartName, JSON.parse(process.argv[3] ?? '{}')).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

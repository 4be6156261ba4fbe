import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for each test, gone after it. */
export function temporaryFolder(): { path(name: string): string } {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mongogrant-'));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return { path: (name) => join(folder, name) };
}

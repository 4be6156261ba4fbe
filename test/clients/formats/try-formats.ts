import { findBinaries, howToGet } from '../../support/genuine/find-binary';
import type { Deployment } from '../member';
import { type Count, tell } from '../take-steps';
import { addresses } from './addresses';
import { atomate } from './atomate';
import { envFiles } from './env-files';
import { fireworks } from './fireworks';
import { jobflow } from './jobflow';
import { kubectl } from './kubectl';
import { maggma } from './maggma';
import { howToGetPrograms, programs } from './programs';
import { pythonLines } from './python-lines';
import { openStand } from './stand';
import { yamlReaders } from './yaml-readers';

const all = { addresses, pythonLines, yamlReaders, envFiles, kubectl, fireworks, maggma, jobflow, atomate };

/** Every format of `mgrant db`, read by the programs that it is for; some of them, or all if `wanted` says `formats` or nothing. */
export async function tryFormats(deployment: Deployment, wanted: readonly string[], count: Count): Promise<void> {
  const everything = wanted.length === 0 || wanted.includes('formats');
  const chosen = Object.entries(all).flatMap(([name, proofs]) => (everything || wanted.includes(name) ? [proofs] : []));
  if (chosen.length === 0) return;
  const [binary] = findBinaries();
  if (deployment.given) return console.error('SKIPPED: no format is tried on a server of yours.');
  if (binary === undefined || !programs) return missing(count);
  console.log('\nFormats of mgrant db, and the programs that read them');
  const stand = await openStand(binary, deployment);
  try {
    for (const { program, fact, show } of chosen.flatMap((proofs) => proofs(stand))) {
      const fault = await show().then(
        () => undefined,
        (error: unknown) => `: ${error instanceof Error ? error.message : error}`,
      );
      tell(count, program, fact, fault);
    }
  } finally {
    await stand.close();
  }
}

/** Where everything is to be there, as in .ci/run, nothing is left out in silence. */
function missing(count: Count): void {
  const why = programs ? howToGet : `The programs are missing: ${howToGetPrograms}`;
  console.error(`SKIPPED: the formats of mgrant db were not tried. ${why}`);
  if (process.env.CI) count.failed++;
}

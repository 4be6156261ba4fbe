import { anyPorts, startService } from './service';
import { takeStory } from './story';

/** `npm run demo`: tells the whole story once, with a fresh service. Exits 0 only if every step really happened. */
async function demo(): Promise<void> {
  const startedAt = Date.now();
  const service = await startService({ ports: anyPorts });
  console.log(`A fresh mongogrant is running at ${service.api}.`);
  try {
    await takeStory(service, (line) => console.log(line));
  } finally {
    await service.close();
  }
  console.log(`\nEvery step happened, in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

demo().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`\nThis did not happen as it must: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  },
);

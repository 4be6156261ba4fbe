import { story } from './demo-story';
import { anyPorts, startService } from './service';

/** `npm run demo`: the whole story once, against a fresh service. Exits 0 only if every step really happened. */
async function demo(): Promise<void> {
  const startedAt = Date.now();
  const service = await startService({ ports: anyPorts });
  console.log(`A fresh mongogrant is running at ${service.api}.\n`);
  let step = 0;
  try {
    await story(service, async (does, act) => {
      step++;
      console.log(`${String(step).padStart(2)}. ${does}`);
      console.log(`    ${await act()}`);
    });
  } finally {
    await service.close();
  }
  console.log(`\nAll ${step} steps happened, in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`);
}

demo().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(`\nThis did not happen as it must: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  },
);

import { deepStrictEqual as deepEqual } from 'node:assert';
import * as v from 'valibot';
import type { Steps } from './steps';
import { mgrant, type Place } from './story';

const report = v.object({ checks: v.array(v.object({ check: v.string(), state: v.string(), found: v.string() })) });
const failure = v.object({ status: v.literal(1), stdout: v.string() });

/** What `mgrant doctor` finds; a status of 1 says that something fails. */
function examine(place: Place) {
  let text: string;
  try {
    text = mgrant(place, 'doctor', '--json');
  } catch (fault) {
    text = v.parse(failure, fault).stdout;
  }
  return v.parse(report, JSON.parse(text)).checks;
}

/** No DNS knows the emulator's names, and it keeps neither figures nor the alarms' states, nor what the table is protected by. */
const itsOwn = ['service'];
const seen = ['stack', 'version', 'table', 'signing-key', 'link-key', 'sender', 'ends', 'remind', 'reconcile'];

export const askDoctor = (steps: Steps, place: Place): Promise<void> =>
  steps.take('mgrant doctor finds no failure', async () => {
    const checks = examine(place);
    const failed = checks.filter(({ check, state }) => state === 'fail' && !itsOwn.includes(check));
    deepEqual(failed, []);
    const well = new Set(checks.flatMap(({ check, state }) => (state === 'ok' ? check : [])));
    deepEqual(
      seen.filter((check) => !well.has(check)),
      [],
    );
  });

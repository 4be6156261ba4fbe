import type { Step } from './steps';
import type { Trial } from './trial';

export interface Count {
  passed: number;
  failed: number;
}

/** Says how one step went: well, or with what fault. */
export function tell(count: Count, who: string, step: string, fault: string | undefined): void {
  console.log(`${fault === undefined ? 'ok    ' : 'FAILED'}  ${who.padEnd(7)}  ${step}${fault ?? ''}`);
  count[fault === undefined ? 'passed' : 'failed']++;
}

/** Lets a client go through its steps; false if it could not go on. */
export async function takeSteps(
  { name, needs }: { name: string; needs: string },
  trial: Trial,
  steps: readonly Step[],
  count: Count,
): Promise<boolean> {
  const mine = steps.filter((step) => !('only' in step) || step.only === name);
  for (const step of mine) {
    const fault = await trial.take(step);
    tell(count, name, trial.tell(step), fault);
    if (fault === undefined || !trial.over) continue;
    const left = mine.length - mine.indexOf(step) - 1;
    console.log(`        ${name} can't go on, so ${left} more were not tried. It needs: ${needs}`);
    count.failed += left;
    return false;
  }
  return true;
}

import type { Outside } from './outside';

/** Holds the next call of this name until it is opened; `reached` says that the call is at the gate. */
export function gateAt(outside: Outside, name: string): { reached: Promise<void>; open: () => void } {
  let arrive = () => {};
  let pass = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    pass = resolve;
  });
  let held = false;
  outside.before = async (call) => {
    if (call !== name || held) return;
    held = true;
    arrive();
    await opened;
  };
  const open = () => {
    outside.before = undefined;
    pass();
  };
  return { reached, open };
}

/**
 * What one check found: one line of what there is, and for everything but `ok` what to do next. `warn`: it works, and somebody should
 * look; `fail`: something does not work; `skipped`: nobody looked, for the reason in `found`. Holds nothing secret.
 */
export type Finding = { check: string; found: string } & (
  | { state: 'ok' }
  | { state: 'warn' | 'fail' | 'skipped'; next: string }
);

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found });
export const warn = (check: string, found: string, next: string): Finding => ({ check, state: 'warn', found, next });
export const fail = (check: string, found: string, next: string): Finding => ({ check, state: 'fail', found, next });
export const skipped = (check: string, found: string, next: string): Finding => ({
  ...{ check, state: 'skipped', found, next },
});

/** A section of the document that alarms lead to. */
export const operations = (section: string): string => `Read docs/operations.md#${section}`;

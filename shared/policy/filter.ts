/** What a filter names. `*` means no filter. */
export const named = (wanted: string | undefined): string | undefined => (wanted === '*' ? undefined : wanted);

/** Whether a value passes a filter. */
export const fits = (wanted: string | undefined, value: string): boolean => [undefined, value].includes(named(wanted));

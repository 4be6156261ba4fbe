/** A moment as the table stores it: whole seconds since 1970, rounded down. */
export const seconds = (moment: Date): number => Math.floor(moment.getTime() / 1000);

/** A moment from the table as the API writes it: ISO 8601 in UTC. */
export const iso = (at: number): string => new Date(at * 1000).toISOString();

export const day = 86_400;

/** A moment for people: `2026-12-24 08:00 UTC`. */
export const moment = (time: string | Date): string =>
  `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

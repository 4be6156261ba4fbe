import type { SharedOptions } from './session';

/** The options of every command as somebody gave them, to give them again. What was left out is the default of each machine. */
export const saidIn = ({ endpoint, settings, allowHttp }: SharedOptions): string[] => [
  ...(endpoint === undefined ? [] : ['--endpoint', endpoint]),
  ...(settings === undefined ? [] : ['--settings', settings]),
  ...(allowHttp ? ['--allow-http'] : []),
];

/** The variables of a process. */
export type Variables = Record<string, string | undefined>;

type Ours = 'MGRANT_SETTINGS' | 'MGRANT_ENDPOINT' | 'MGRANT_TOKEN' | 'MGRANT_LABEL';

/** One of our variables. An empty one is none, as a container or a pipeline can't leave one out. */
export const readVariable = (env: Variables, name: Ours): string | undefined => env[name]?.trim() || undefined;

/** Whether this is a machine of a pipeline, which is made anew for each run. */
export const isPipeline = ({ CI = '' }: Variables): boolean => !['', 'false'].includes(CI.toLowerCase());

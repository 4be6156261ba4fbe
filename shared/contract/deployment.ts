import * as v from 'valibot';

/** What tells one deployment of MongoDB from another: a login of ours, with the id that the server gave it when it was made. */
export const deployment = v.object({ user: v.string(), db: v.string(), id: v.string() });
export type Deployment = v.InferOutput<typeof deployment>;

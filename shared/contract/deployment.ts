import * as v from 'valibot';

/** Identifies a deployment of MongoDB: a login of ours, and the id that the server gave it when it was made. */
export const deployment = v.object({ user: v.string(), db: v.string(), id: v.string() });
export type Deployment = v.InferOutput<typeof deployment>;

import { fromEnv } from '@aws-sdk/credential-provider-env';

/** Bundles use this instead of the SDK's search: Lambda puts credentials into the environment, and nothing else may be used. */
export const defaultProvider = () => fromEnv();

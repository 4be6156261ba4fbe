import { compass } from './compass';
import { dotenv } from './dotenv';
import { env } from './env';
import { fireworks } from './fireworks';
import { jobflow } from './jobflow';
import { json } from './json';
import { k8s } from './k8s';
import type { Login } from './login';

/** What a login is written as, by the name of the format. */
export const formatLogin: Record<string, (login: Login) => string> = {
  uri: ({ uri }) => `${uri}\n`,
  ...{ env, dotenv, json, compass, fireworks, jobflow, k8s },
};

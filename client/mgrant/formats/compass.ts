import { type Login, oneServer } from './login';

/** The address for MongoDB Compass: of a single server, straight to it, as Compass itself would make it. */
export function compass(login: Login): string {
  const { uri, options } = login;
  const direct = oneServer(login) && !options.replicaSet && !options.directConnection && !options.loadBalanced;
  return `${uri}${direct ? '&directConnection=true' : ''}&appName=mongogrant\n`;
}

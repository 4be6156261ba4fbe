import { type Login, oneServer } from './login';

/** The address for MongoDB Compass. A single server is addressed directly, as Compass itself does it. */
export function compass(login: Login): string {
  const { uri, options } = login;
  const direct = oneServer(login) && !options.replicaSet && !options.directConnection && !options.loadBalanced;
  return `${uri}${direct ? '&directConnection=true' : ''}&appName=mongogrant\n`;
}

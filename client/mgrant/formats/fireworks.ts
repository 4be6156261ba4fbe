import { yamlText } from '../../rules-file/yaml-text';
import { type Login, oneServer, pymongoOptions } from './login';

/**
 * `my_launchpad.yaml` of FireWorks. A single server is written as host and port, which every version of FireWorks reads; any other address
 * as one URI, beside which FireWorks 2 wants the name of the database.
 */
export function fireworks(login: Login): string {
  const server = oneServer(login);
  const options = pymongoOptions(login);
  const common = { logdir: null, strm_lvl: 'INFO', user_indices: [], wf_user_indices: [] };
  if (!server) return yamlText({ host: login.uri, uri_mode: true, name: login.db, ...common });
  return yamlText({
    ...server,
    name: login.db,
    username: login.username,
    password: login.password,
    authsource: login.authSource,
    ...common,
    ...(Object.keys(options).length > 0 && { mongoclient_kwargs: options }),
  });
}

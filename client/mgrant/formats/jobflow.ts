import { yamlText } from '../../rules-file/yaml-text';
import { type Login, oneServer, pymongoOptions } from './login';

/** `jobflow.yaml`: a JobStore that keeps outputs in `outputs`, and large ones in GridFS. atomate2 looks for the store named `data`. */
export function jobflow(login: Login): string {
  const { types, ...place } = placeOf(login);
  return yamlText({
    JOB_STORE: {
      docs_store: { type: types.docs, ...place, collection_name: 'outputs' },
      additional_stores: { data: { type: types.data, ...place, collection_name: 'outputs_blobs' } },
    },
  });
}

/** A store that is given a whole address shows it as its name, so a single server is written as fields. */
function placeOf(login: Login) {
  const { uri, db, username, password, authSource } = login;
  const server = oneServer(login);
  if (!server) return { types: { docs: 'MongoURIStore', data: 'GridFSURIStore' }, uri, database: db };
  const options = pymongoOptions(login);
  return {
    types: { docs: 'MongoStore', data: 'GridFSStore' },
    ...server,
    database: db,
    ...{ username, password, auth_source: authSource },
    ...(Object.keys(options).length > 0 && { mongoclient_kwargs: options }),
  };
}

import { yamlText } from '../../rules-file/yaml-text';
import { type Login, oneServer, pymongoOptions } from './login';

/** `jobflow.yaml`: a JobStore that keeps outputs in `outputs`, and large ones in GridFS. atomate2 looks for the store named `data`. */
export function jobflow(login: Login): string {
  const place = placeOf(login);
  return yamlText({
    JOB_STORE: {
      docs_store: { type: 'MongoStore', ...place, collection_name: 'outputs' },
      additional_stores: { data: { type: 'GridFSStore', ...place, collection_name: 'outputs_blobs' } },
    },
  });
}

/** A host may be an address, too. The login stands beside it, as a store says in its name where it is. */
function placeOf(login: Login) {
  const { db, username, password, authSource } = login;
  const server = oneServer(login);
  const options = server ? pymongoOptions(login) : {};
  return {
    ...(server ?? { host: login.place }),
    database: db,
    ...{ username, password, auth_source: authSource },
    ...(Object.keys(options).length > 0 && { mongoclient_kwargs: options }),
  };
}

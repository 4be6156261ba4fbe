import { type Login, serversOf } from './login';

/** For `eval`, `.` and files that programs read as `.env`. */
export function env(login: Login): string {
  const { uri, db, username, password, authSource, caFile } = login;
  return Object.entries({
    MONGODB_URI: uri,
    MONGODB_HOST: serversOf(login),
    MONGODB_DATABASE: db,
    MONGODB_USERNAME: username,
    MONGODB_PASSWORD: password,
    MONGODB_AUTH_SOURCE: authSource,
    ...(caFile !== undefined && { MONGODB_CA_FILE: caFile }),
  })
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');
}

import type { Login } from './login';

/** For `eval`, `.` and files that programs read as `.env`. */
export const env = ({ uri, host, db, username, password, authSource }: Login): string =>
  Object.entries({
    MONGODB_URI: uri,
    MONGODB_HOST: host,
    MONGODB_DATABASE: db,
    MONGODB_USERNAME: username,
    MONGODB_PASSWORD: password,
    MONGODB_AUTH_SOURCE: authSource,
  })
    .map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('');

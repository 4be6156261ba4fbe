import { type Login, oneServer, pymongoOptions } from './login';

/**
 * `db.json` of atomate: a login that may write, and one that may only read. An address stands there without either: of `host_uri` atomate
 * would read nothing but that, and write with the login that it finds there.
 */
export function atomate(admin: Login, readonly: Login): string {
  const server = oneServer(admin);
  const options = server ? pymongoOptions(admin) : {};
  return `${JSON.stringify(
    {
      ...(server ?? { host: admin.place }),
      database: admin.db,
      collection: 'tasks',
      admin_user: admin.username,
      admin_password: admin.password,
      readonly_user: readonly.username,
      readonly_password: readonly.password,
      authsource: admin.authSource,
      ...(Object.keys(options).length > 0 && { mongoclient_kwargs: options }),
      aliases: {},
    },
    null,
    2,
  )}\n`;
}

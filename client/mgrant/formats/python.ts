import type { Login } from './login';

/** A program in Python, which reads JSON's strings as its own. */
export function python({ uriElsewhere, db, caFile }: Login): string {
  const trust = caFile === undefined ? '' : `, tlsCAFile=${JSON.stringify(caFile)}`;
  return [
    'from pymongo import MongoClient',
    '',
    `client = MongoClient(${JSON.stringify(uriElsewhere)}${trust})`,
    `db = client[${JSON.stringify(db)}]`,
    '',
  ].join('\n');
}

import type { Login } from './login';

/** A program in Python: JSON's texts are Python's, too. */
export const python = ({ uri, db }: Login): string =>
  [
    'from pymongo import MongoClient',
    '',
    `client = MongoClient(${JSON.stringify(uri)})`,
    `db = client[${JSON.stringify(db)}]`,
    '',
  ].join('\n');

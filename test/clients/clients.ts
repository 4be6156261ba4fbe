import { join } from 'node:path';
import { type Client, startClient } from './client-process';
import { startMongosh } from './mongosh';
import type { ClientName } from './steps';

/** A client as its users have it, and how to come by it. */
export interface RealClient {
  name: ClientName;
  start(): Client;
  needs: string;
}

/** An interpreter that has pymongo. */
export const python = process.env.PYTHON || '/usr/bin/python3';

const script = (name: string) => join(__dirname, name);

export const realClients: readonly RealClient[] = [
  {
    name: 'driver',
    start: () => startClient(process.execPath, ['--import', 'tsx', script('driver.ts')]),
    needs: 'npm ci',
  },
  {
    name: 'mongosh',
    start: () => startMongosh(script('checks.js')),
    needs: 'npm install --prefix FOLDER mongosh@2.12.0, then MONGOSH_PATH=FOLDER/node_modules/.bin/mongosh',
  },
  {
    name: 'pymongo',
    start: () => startClient(python, [script('checks.py')]),
    needs: 'apt-get install python3-pymongo, or PYTHON=an interpreter that has pymongo',
  },
];

import { loginOf } from '../../../client/mgrant/formats/login';
import { startMongosh } from '../../../client/mgrant/start-mongosh';

const login = loginOf({
  ...{ host: 'h.lab.org', db: 'fw', role: 'read', username: 'ada_lab.org_read', password: 'aSecretThatNobodySees' },
});

test('mongosh gets the address by the environment, and no secret in its arguments', async () => {
  const started: { args: string[]; env: Record<string, string> }[] = [];
  const runProgram = async (_command: string, args: string[], env: Record<string, string>) => {
    started.push({ args, env });
    return 7;
  };
  expect(await startMongosh({ runProgram, env: {} }, login)).toBe(7);
  const [{ args, env } = { args: [], env: {} }] = started;
  expect(args.join(' ')).not.toContain(login.password);
  expect(Object.values(env)).toEqual([login.uri]);

  // What mongosh runs first: it logs in, and leaves nothing in the environment of what it starts.
  const [name = ''] = Object.keys(env);
  const process = { env: { ...env } };
  const connect = jest.fn();
  new Function('process', 'connect', `let db; ${args[args.indexOf('--eval') + 1]}`)(process, connect);
  expect(connect).toHaveBeenCalledWith(login.uri);
  expect(process.env[name]).toBeUndefined();
});

test('where mongosh is missing, it says how to get it', async () => {
  const runProgram = async () => {
    throw Object.assign(new Error('spawn mongosh ENOENT'), { code: 'ENOENT' });
  };
  await expect(startMongosh({ runProgram, env: {} }, login)).rejects.toMatchObject({ code: 'mongosh_missing' });
});

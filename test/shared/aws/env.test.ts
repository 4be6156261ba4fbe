import { readEnv } from '../../../shared/aws/env';

const full = {
  TABLE_NAME: 'table',
  STACK_NAME: 'stack',
  SETTINGS: '{"admins":["admin@lab.org"],"mailFrom":"no-reply@lab.org"}',
};

test('all that a function needs, its settings parsed', () => {
  const settings = expect.objectContaining({ admins: ['admin@lab.org'], linkTtl: 900 });
  expect(readEnv(full)).toEqual({ tableName: 'table', stackName: 'stack', origin: undefined, front: false, settings });
  const more = { ORIGIN: 'http://localhost:3000', FRONT: 'required', CONFIGURATION_SET: 'feedback' };
  expect(readEnv({ ...full, ...more })).toMatchObject({
    origin: more.ORIGIN,
    front: true,
    configurationSet: 'feedback',
  });
});

test('one error names everything that is missing, empty values included', () => {
  expect(() => readEnv({ ...full, TABLE_NAME: '', SETTINGS: undefined })).toThrow(
    /^Missing in the environment: TABLE_NAME, SETTINGS$/,
  );
  expect(() => readEnv({})).toThrow('TABLE_NAME, STACK_NAME, SETTINGS');
});

test('bad settings are an error that names them', () => {
  expect(() => readEnv({ ...full, SETTINGS: '{}' })).toThrow(/admins is missing; mailFrom is missing/);
  expect(() => readEnv({ ...full, SETTINGS: '{' })).toThrow(SyntaxError);
});

test('settings that an editor on Windows wrote are read', () => {
  const settings = { admins: ['a@lab.org'], mailFrom: 'no-reply@lab.org' };
  const env = { TABLE_NAME: 't', STACK_NAME: 's', SETTINGS: `\uFEFF${JSON.stringify(settings)}` };
  expect(readEnv(env).settings.admins).toEqual(['a@lab.org']);
});

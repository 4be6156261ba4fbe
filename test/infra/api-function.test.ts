import { domainSettings, functionOf, isObject, resourcesOf, synthesize, text } from './synthesize';

const template = synthesize({
  alarmEmail: 'ops@lab.org',
  stackName: 'lab-grants',
  secretPrefix: 'lab',
  grantTtl: '7 d',
});
const functions = resourcesOf(template, 'AWS::Lambda::Function').map(([id, { Properties }]) => ({
  name: functionOf(id),
  properties: Properties,
}));

test('each function is a small one on ARM, with time enough for what it calls', () => {
  const sizes = functions.map(({ name, properties }) => {
    expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
    return [name, `${properties.Timeout} s, ${properties.MemorySize} MB`];
  });
  expect(Object.fromEntries(sizes)).toEqual({
    'request-link': '10 s, 512 MB',
    'redeem-link': '10 s, 512 MB',
    'grant-credentials': '15 s, 1024 MB',
    grants: '10 s, 512 MB',
    revoke: '15 s, 1024 MB',
    rules: '10 s, 512 MB',
    audit: '10 s, 512 MB',
    reap: '60 s, 1769 MB',
    remind: '900 s, 512 MB',
    reconcile: '900 s, 1024 MB',
    'rotate-admin-password': '60 s, 1024 MB',
    'note-feedback': '10 s, 512 MB',
  });
});

test('the jobs may be kept free of what the API takes: not by default, as a new account has ten runs in all', () => {
  const reserved = (settings: object) =>
    resourcesOf(synthesize({ ...settings }), 'AWS::Lambda::Function')
      .map(([id, { Properties }]) => [functionOf(id), Properties.ReservedConcurrentExecutions])
      .filter(([, number]) => number !== undefined);
  expect(reserved({})).toEqual([]);
  expect(reserved({ reservedConcurrency: 2 })).toEqual([
    ['reap', 2],
    ['remind', 2],
    ['reconcile', 2],
  ]);
});

// Who may describe a function may read its environment, so no secret may be in it: only names and settings.
test('the environment of a function is its settings and names, and nothing else', () => {
  for (const { name, properties } of functions.filter((one) => one.name !== 'rotate-admin-password')) {
    expect(properties.Environment).toEqual({
      Variables: {
        // Where the mails that it sends lead.
        ...(name === 'remind' && { ORIGIN: { 'Fn::GetAtt': [expect.stringMatching(/^ApiHttpApi/), 'ApiEndpoint'] } }),
        ...(name === 'reap' && { NODE_OPTIONS: '--max-semi-space-size=64' }),
        ...(['request-link', 'remind'].includes(name) && {
          CONFIGURATION_SET: { Ref: expect.stringMatching(/^MailFeedback/) },
        }),
        STACK_NAME: 'lab-grants',
        TABLE_NAME: { Ref: expect.stringMatching(/^TableItems/) },
        SETTINGS: JSON.stringify({
          admins: ['admin@example.com'],
          mailFrom: 'mongogrant <no-reply@example.com>',
          secretPrefix: 'lab',
          grantTtl: '7 d',
        }),
      },
    });
  }
});

test('the function that rotates passwords knows neither the table nor the settings', () => {
  const [rotate] = functions.filter(({ name }) => name === 'rotate-admin-password');
  expect(rotate?.properties.Environment).toBeUndefined();
});

test('with a domain, functions are told the origin of the links they mail', () => {
  for (const [id, { Properties }] of resourcesOf(synthesize(domainSettings), 'AWS::Lambda::Function')) {
    if (functionOf(id) === 'rotate-admin-password') continue;
    expect(Properties.Environment).toMatchObject({ Variables: { ORIGIN: 'https://grants.lab.org' } });
  }
});

test('each function writes JSON to a log of its own', () => {
  for (const { name, properties } of functions) {
    const logging = isObject(properties.LoggingConfig) ? properties.LoggingConfig : {};
    expect([logging.LogFormat, functionOf(text(logging.LogGroup))]).toEqual(['JSON', name]);
  }
});

test('every log ends after 90 days, and outlives the stack until then', () => {
  const logs = resourcesOf(template, 'AWS::Logs::LogGroup');
  expect(logs).toHaveLength(functions.length + 1);
  for (const [id, log] of logs) {
    expect([id, log.Properties.RetentionInDays, log.DeletionPolicy]).toEqual([id, 90, 'Retain']);
  }
});

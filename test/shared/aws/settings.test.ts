import { parseDeployment, parseSettings } from '../../../shared/aws/settings';

const required = { admins: ['admin@lab.org'], mailFrom: 'mongogrant <no-reply@lab.org>' };
const withBad = (setting: Record<string, unknown>) => () => parseSettings({ ...required, ...setting });

test('only admins and sender are required; the rest is as the contract says', () => {
  expect(parseSettings(required)).toEqual({
    ...required,
    linkTtl: 900,
    tokenTtl: 2_592_000,
    grantTtl: 2_592_000,
    maxGrantTtl: 7_776_000,
    remindBefore: 259_200,
    unaskedAfter: 86_400,
    linkCooldown: 60,
    linksPerDay: 20,
    newAddressesPerDomainPerHour: 100,
    linksPerHourPerIp: 60,
    liveGrantsPerPersonAndHost: 20,
    legacyRoutes: true,
    legacyDisclose: false,
    secretPrefix: 'mongogrant',
  });
});

test('admins are compared in lower case, and by the name of their domain in the DNS', () => {
  expect(parseSettings({ ...required, admins: ['Admin@Lab.org', 'Ada@München.example'] }).admins).toEqual([
    'admin@lab.org',
    'ada@xn--mnchen-3ya.example',
  ]);
});

test.each([
  ['admins', []],
  ['admins', 'admin@lab.org'],
  ['admins', ['*@lab.org']],
  ['admins', ['\u212aate@lab.org']],
  ['mailFrom', 'nobody'],
  ['mailFrom', 'a@lab.org\r\nBcc: b@lab.org'],
  ['mailFrom', 'Lab <a@lab.org> <b@lab.org>'],
  ['mailFrom', 'no-reply@lab'],
  ['mailFrom', 'Lab <no-reply@localhost>'],
  ['mailFrom', 7],
  ['labName', ''],
  ['labName', ' '],
  ['labName', 'Lab\r\nBcc: eve@lab.org'],
  ['labName', 'Lab\u2028'.concat('x')],
  ['labName', 'Lab \u202eeve'],
  ['labName', 'x'.repeat(81)],
  ['contact', ''],
  ['contact', 'ask Ada'],
  ['contact', 'help@lab.org\r\nBcc: eve@lab.org'],
  ['contact', 'mailto:help@lab.org?bcc=eve@lab.org'],
  ['contact', 'javascript:alert(1)//@lab.org'],
  ['contact', 'https://user:pw@lab.org/'],
  ['contact', `https://lab.org/${'x'.repeat(200)}`],
  ['linkTtl', '59 s'],
  ['linkTtl', 900],
  ['tokenTtl', '0 s'],
  ['grantTtl', 'forever'],
  ['maxGrantTtl', '999999999 w'],
  ['linkCooldown', '60'],
  ['linksPerDay', 0],
  ['linksPerDay', '10'],
  ['linksPerHourPerIp', 1.5],
  ['newAddressesPerDomainPerHour', 0],
  ['liveGrantsPerPersonAndHost', -1],
  ['legacyRoutes', 'false'],
  ['legacyDisclose', 0],
  ['secretPrefix', ''],
  ['secretPrefix', '/a'],
  ['secretPrefix', 'a/../*'],
  ['secretPrefix', 'a b'],
])('%s: %j is an error that names it', (key, value) => {
  expect(withBad({ [key]: value })).toThrow(new RegExp(`^Settings: ${key}`));
});

test.each(['help@lab.org', 'mailto:help@lab.org', 'https://lab.org/help?a=b', 'http://wiki.lab.org'])(
  'people may be told to ask %s',
  (contact) => {
    expect(parseSettings({ ...required, labName: ' Labor für Physik, Gruppe A ', contact })).toMatchObject({
      labName: 'Labor für Physik, Gruppe A',
      contact,
    });
  },
);

test('an unknown setting is an error that names it, so that a misspelt one is not left out in silence', () => {
  expect(withBad({ admin: [], grantTTL: '1 d' })).toThrow('admin is not a setting');
  expect(withBad({ vpcId: 'vpc-1' })).toThrow('vpcId is not a setting');
  expect(() => parseSettings(JSON.parse('{"__proto__": {"admins": ["eve@lab.org"]}}'))).toThrow('admins is missing');
});

test('a sender without a real domain is named in the error', () => {
  expect(withBad({ mailFrom: 'Grants <no-reply@lab>' })).toThrow(
    'Settings: mailFrom must hold an address such as no-reply@lab.org: "no-reply@lab" is none',
  );
});

test('all that is wrong is said at once', () => {
  expect(withBad({ admins: [], linksPerDay: 0 })).toThrow(/admins must name at least one address; linksPerDay/);
  for (const input of [undefined, null, 'x', []]) expect(() => parseSettings(input)).toThrow(/^Settings: /);
});

test('a deployment is split into what the functions read, as it was written, and what only the stack needs', () => {
  const names = { stackName: 'lab', secretPrefix: 'lab' };
  const written = { ...required, linkTtl: '5 m', vpcId: 'vpc-1a', subnetIds: ['subnet-1'], ...names };
  const { settings, deployment, functionSettings } = parseDeployment(written);
  expect(settings.linkTtl).toBe(300);
  expect(deployment).toEqual({ vpcId: 'vpc-1a', subnetIds: ['subnet-1'], stackName: 'lab', retain: true });
  expect(JSON.parse(functionSettings)).toEqual({ ...required, linkTtl: '5 m', secretPrefix: 'lab' });
  expect(parseSettings(JSON.parse(functionSettings))).toEqual(settings);
});

test('a second stack says where its secrets are, as the two would take the same ones', () => {
  expect(() => parseDeployment({ ...required, stackName: 'lab' })).toThrow(/^Settings: secretPrefix is missing/);
  expect(parseDeployment({ ...required, stackName: 'lab', secretPrefix: 'mongogrant' }).settings.secretPrefix).toBe(
    'mongogrant',
  );
  expect(parseDeployment({ ...required, stackName: 'mongogrant' }).settings.secretPrefix).toBe('mongogrant');
});

test('settings that no function can hold are refused before anything is deployed', () => {
  const admins = (count: number) =>
    Array.from({ length: count }, (_, n) => `administrator${n}@physics.university.example`);
  expect(() => parseDeployment({ ...required, admins: admins(60) })).not.toThrow();
  expect(() => parseDeployment({ ...required, admins: admins(90) })).toThrow('longer than the 3400 bytes');
});

test.each([
  ['vpcId', 'vpc'],
  ['subnetIds', []],
  ['subnetIds', ['sn-1']],
  ['securityGroupIds', 'sg-1'],
  ['domainName', 'https://grants.lab.org'],
  ['certificateArn', 'arn:aws:iam::1:role/x'],
  ['alarmEmail', 'ops'],
  ['stackName', '1st'],
  ['retain', 'yes'],
  ['tableName', 'arn:aws:dynamodb:eu-central-1:1:table/x'],
  ['reservedConcurrency', 0],
  ['reservedConcurrency', '1'],
  ['reservedConcurrency', false],
  ['region', 'eu-central-1'],
])('a deployment with %s: %j is an error that names it', (key, value) => {
  expect(() => parseDeployment({ ...required, [key]: value })).toThrow(new RegExp(`^Settings: ${key}`));
});

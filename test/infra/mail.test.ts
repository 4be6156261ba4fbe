import { resourcesOf, synthesize } from './synthesize';

test('the sender is an SES identity: the address that mailFrom names', () => {
  const identities = resourcesOf(synthesize({ mailFrom: 'Grants <grants@lab.org>' }), 'AWS::SES::EmailIdentity');
  expect(identities.map(([, { Properties }]) => Properties)).toEqual([{ EmailIdentity: 'grants@lab.org' }]);
});

test('an identity that the account has already is used as it is: the address, its domain, or one above', () => {
  const mailFrom = 'Grants <grants@db.lab.org>';
  for (const mailIdentity of ['grants@db.lab.org', 'db.lab.org', 'lab.org']) {
    const template = synthesize({ mailFrom, mailIdentity });
    expect(resourcesOf(template, 'AWS::SES::EmailIdentity')).toEqual([]);
    expect(JSON.stringify(template.toJSON())).toContain(`--email-identity ${mailIdentity}`);
  }
  for (const mailIdentity of ['b.lab.org', 'grants@lab.org', 'org.example'])
    expect(() => synthesize({ mailFrom, mailIdentity })).toThrow('Settings: mailIdentity must be grants@db.lab.org');
});

test('whatever its name is, functions may send from its bare address', () => {
  const written = JSON.stringify(synthesize({ mailFrom: 'Labor für Physik, Gruppe A <no-reply@lab.org>' }).toJSON());
  const named = [...written.matchAll(/"ses:FromAddress":"([^"]*)"/g)].map(([, address]) => address);
  expect(new Set(named)).toEqual(new Set(['no-reply@lab.org']));
});

test('SES tells the function that notes it what comes back of our mails, and of no others', () => {
  const template = synthesize();
  const [[set = ''] = []] = resourcesOf(template, 'AWS::SES::ConfigurationSet');
  const destinations = resourcesOf(template, 'AWS::SES::ConfigurationSetEventDestination');
  expect(destinations.map(([, { Properties }]) => Properties)).toMatchObject([
    {
      ConfigurationSetName: { Ref: set },
      EventDestination: {
        Enabled: true,
        MatchingEventTypes: ['bounce', 'complaint'],
        EventBridgeDestination: { EventBusArn: expect.anything() },
      },
    },
  ]);
  const rules = resourcesOf(template, 'AWS::Events::Rule').map(([, { Properties }]) => Properties);
  expect(rules.filter(({ EventPattern }) => EventPattern).map(({ EventPattern }) => EventPattern)).toEqual([
    {
      source: ['aws.ses'],
      'detail-type': ['Email Bounced', 'Email Complaint Received'],
      detail: { mail: { tags: { 'ses:configuration-set': [{ Ref: set }] } } },
    },
  ]);
});

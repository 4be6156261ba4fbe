import { addressOf } from '../../infra/mail';
import { resourcesOf, synthesize } from './synthesize';

test('the sender is an SES identity: the address that mailFrom names', () => {
  const identities = resourcesOf(synthesize({ mailFrom: 'Grants <grants@lab.org>' }), 'AWS::SES::EmailIdentity');
  expect(identities.map(([, { Properties }]) => Properties)).toEqual([{ EmailIdentity: 'grants@lab.org' }]);
});

test('a sender is an address with or without a name', () => {
  expect(addressOf('mongogrant <no-reply@lab.org>')).toBe('no-reply@lab.org');
  expect(addressOf('no-reply@lab.org')).toBe('no-reply@lab.org');
});

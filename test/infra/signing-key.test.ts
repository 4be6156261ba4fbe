import { resourcesOf, synthesize } from './synthesize';

test('the keys that sign tokens and links are made by AWS, in the shape that functions read', () => {
  const secrets = resourcesOf(synthesize(), 'AWS::SecretsManager::Secret').map(([, { Properties }]) => Properties);
  const made = (Name: string) => ({
    Name,
    Description: expect.any(String),
    GenerateSecretString: {
      SecretStringTemplate: '{"older":[]}',
      GenerateStringKey: 'key',
      PasswordLength: 64,
      ExcludePunctuation: true,
    },
  });
  expect(secrets).toEqual([made('mongogrant/signing-key'), made('mongogrant/link-key')]);
});

import { resourcesOf, synthesize } from './synthesize';

test('the signing key is made by AWS, in the shape that functions read', () => {
  const secrets = resourcesOf(synthesize(), 'AWS::SecretsManager::Secret').map(([, { Properties }]) => Properties);
  expect(secrets).toEqual([
    {
      Name: 'mongogrant/signing-key',
      Description: expect.any(String),
      GenerateSecretString: {
        SecretStringTemplate: '{"older":[]}',
        GenerateStringKey: 'key',
        PasswordLength: 64,
        ExcludePunctuation: true,
      },
    },
  ]);
});

import { lossesFrom } from '../support/losses-from';
import { readTemplate } from '../support/release-010';
import { permissions } from './permissions-of';
import {
  domainSettings,
  frontSettings,
  functionOf,
  isObject,
  kmsKeyArn,
  resourcesOf,
  synthesize,
  text,
} from './synthesize';

const behindApi = ['request-link', 'redeem-link', 'grant-credentials', 'grants', 'revoke', 'rules', 'audit'];

const off = synthesize(domainSettings);
const on = synthesize({ ...domainSettings, ...frontSettings });

const only = (template: typeof on, type: string): Record<string, unknown> => {
  const [[, found] = ['', undefined], ...others] = resourcesOf(template, type);
  expect(others).toEqual([]);
  return found?.Properties ?? {};
};
const configOf = (template: typeof on): Record<string, unknown> => {
  const { DistributionConfig: config } = only(template, 'AWS::CloudFront::Distribution');
  return isObject(config) ? config : {};
};

test('without the settings nothing in the template is about a front', () => {
  expect(JSON.stringify([off.toJSON(), synthesize().toJSON()])).not.toMatch(/cloudfront|wafv2|front/i);
});

test('with them nothing that is there is made anew, and nothing else changes but what functions know and may do', () => {
  const [before, after] = [readTemplate(off.toJSON()), readTemplate(on.toJSON())];
  expect(lossesFrom(before, after)).toEqual([]);
  const same = (id: string) => JSON.stringify(before.Resources[id]) === JSON.stringify(after.Resources[id]);
  const changed = Object.entries(after.Resources).filter(([id]) => !same(id));
  const types = new Set(changed.map(([id, { Type }]) => (before.Resources[id] ? Type : `new ${Type}`)));
  expect([...types].sort()).toEqual([
    'AWS::IAM::Policy',
    'AWS::Lambda::Function',
    'new AWS::CloudFront::Distribution',
    'new AWS::CloudFront::OriginRequestPolicy',
    'new AWS::SecretsManager::Secret',
  ]);
  expect(Object.keys(before.Resources).filter((id) => !after.Resources[id])).toEqual([]);
});

test('CloudFront takes the name, the certificate and the web ACL, and TLS 1.2 at least', () => {
  expect(configOf(on)).toMatchObject({
    Aliases: ['grants.lab.org'],
    WebACLId: frontSettings.webAclArn,
    ViewerCertificate: {
      AcmCertificateArn: frontSettings.frontCertificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
      SslSupportMethod: 'sni-only',
    },
  });
  expect(text(on.findOutputs('DnsTarget').DnsTarget?.Value)).toMatch(/^FrontDistribution\w+\.DomainName$/);
});

test('it hands on each request whole, with the address of the viewer, and keeps no answer, not even an error', () => {
  const { DefaultCacheBehavior, CustomErrorResponses, CacheBehaviors } = configOf(on);
  expect(CacheBehaviors).toBeUndefined();
  expect(DefaultCacheBehavior).toMatchObject({
    AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
    // CachingDisabled, as AWS names it everywhere.
    CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
    ViewerProtocolPolicy: 'https-only',
    OriginRequestPolicyId: { Ref: expect.stringMatching(/^FrontHandOn/) },
  });
  const { OriginRequestPolicyConfig: policy } = only(on, 'AWS::CloudFront::OriginRequestPolicy');
  expect(policy).toMatchObject({
    // With the viewer's Host, by which API Gateway knows whose request it is.
    HeadersConfig: { HeaderBehavior: 'allViewerAndWhitelistCloudFront', Headers: ['CloudFront-Viewer-Address'] },
    QueryStringsConfig: { QueryStringBehavior: 'all' },
  });
  // Those that it would keep for ten seconds in spite of no-store.
  const codes = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
  expect(CustomErrorResponses).toEqual(codes.map((ErrorCode) => ({ ErrorCode, ErrorCachingMinTTL: 0 })));
});

test.each([
  [undefined, ''],
  ['0b1c2d3e-0b1c-2d3e-4f50-0b1c2d3e4f50', '0b1c2d3e-0b1c-2d3e-4f50-0b1c2d3e4f50'],
])('the key that it sends is in no template, of the version %s', (frontKeyVersion, version) => {
  const template = synthesize({ ...domainSettings, ...frontSettings, ...(frontKeyVersion && { frontKeyVersion }) });
  const { Origins } = configOf(template);
  const [origin, ...others] = Array.isArray(Origins) ? Origins : [];
  expect(others).toEqual([]);
  expect(text(origin.DomainName)).toMatch(/^ApiDomainName\w+\.RegionalDomainName$/);
  expect(origin.CustomOriginConfig).toMatchObject({
    OriginProtocolPolicy: 'https-only',
    OriginSSLProtocols: ['TLSv1.2'],
  });
  const [{ HeaderName, HeaderValue }] = origin.OriginCustomHeaders;
  expect([HeaderName, text(HeaderValue)]).toEqual([
    'x-mongogrant-front',
    expect.stringMatching(
      new RegExp(`^\\{\\{resolve:secretsmanager:FrontKeySecret\\w+:SecretString:key::${version}\\}\\}$`),
    ),
  ]);
  const secret = resourcesOf(template, 'AWS::SecretsManager::Secret').find(
    ([, { Properties }]) => Properties.Name === 'mongogrant/front-key',
  );
  expect(secret?.[1].Properties.GenerateSecretString).toMatchObject({ GenerateStringKey: 'key', PasswordLength: 64 });
});

test('every function behind the API asks for the key, and may read it; no job does', () => {
  const asking = resourcesOf(on, 'AWS::Lambda::Function').flatMap(([id, { Properties }]) => {
    const { Variables: variables } = isObject(Properties.Environment) ? Properties.Environment : {};
    return isObject(variables) && variables.FRONT === 'required' ? [functionOf(id)] : [];
  });
  expect(asking.toSorted()).toEqual(behindApi.toSorted());
  const without = permissions(off);
  const gained = Object.entries(permissions(on)).map(([name, lines]) => [
    name,
    lines.filter((line) => !without[name]?.includes(line)),
  ]);
  const read = [expect.stringMatching(/^secretsmanager:GetSecretValue FrontKeySecret\w+$/)];
  const none = Object.fromEntries(gained.map(([name]) => [name, []]));
  expect(Object.fromEntries(gained)).toEqual({
    ...none,
    ...Object.fromEntries(behindApi.map((name) => [name, read])),
  });
});

test('with a key of the customer, the secret of the front is under it', () => {
  const secrets = resourcesOf(
    synthesize({ ...domainSettings, ...frontSettings, kmsKeyArn }),
    'AWS::SecretsManager::Secret',
  );
  expect(secrets.map(([, { Properties }]) => Properties.KmsKeyId)).toEqual([kmsKeyArn, kmsKeyArn, kmsKeyArn]);
});

const { webAclArn, frontCertificateArn } = frontSettings;
test.each<[string, Record<string, unknown>]>([
  ['domainName and certificateArn are missing (webAclArn is set)', frontSettings],
  [
    'frontCertificateArn is missing (webAclArn is set): a certificate for domainName in us-east-1',
    { ...domainSettings, webAclArn },
  ],
  ['webAclArn is missing (frontCertificateArn is set)', { ...domainSettings, frontCertificateArn }],
  ['webAclArn is missing (frontKeyVersion is set)', { frontKeyVersion: 'a'.repeat(32) }],
  [
    'webAclArn must be the ARN of a web ACL for CloudFront: one of the scope CLOUDFRONT, in us-east-1',
    { ...frontSettings, webAclArn: webAclArn.replace('us-east-1', 'eu-central-1').replace('global', 'regional') },
  ],
  [
    'frontCertificateArn must be the ARN of a certificate in us-east-1',
    { ...frontSettings, frontCertificateArn: domainSettings.certificateArn },
  ],
])('%s', (complaint, settings) => {
  expect(() => synthesize(settings)).toThrow(`Settings: ${complaint}`);
});

import { Match, type Template } from 'aws-cdk-lib/assertions';
import { domainOf } from '../../infra/api';
import { parseDeployment } from '../../shared/aws/settings';
import type { Route } from '../../shared/contract/route';
import { allRoutes, fallback, methodsAt, routes } from '../../shared/contract/routes';
import { domainSettings, functionOf, isObject, resourcesOf, synthesize, text } from './synthesize';

const template = synthesize();
const withoutPython = synthesize({ legacyRoutes: false });
const withDomain = synthesize(domainSettings);

test.each<[string, Template, readonly Route[]]>([
  ['each line of the route table is a route to its function', template, allRoutes],
  ['without `legacyRoutes` those of the Python server are not', withoutPython, routes],
])('%s, and there is no other but the fallback', (_, template, wanted) => {
  const integrations = new Map(
    resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [id, Properties]),
  );
  const made = resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([, { Properties: route }]) => {
    const integration = integrations.get(text(route.Target).replace('integrations/', ''));
    expect(integration).toMatchObject({ IntegrationType: 'AWS_PROXY', PayloadFormatVersion: '2.0' });
    return `${route.RouteKey} -> ${functionOf(text(integration?.IntegrationUri))}`;
  });
  const listed = wanted.flatMap((route) =>
    methodsAt(route).map((method) => `${method} ${route.path} -> ${route.function}`),
  );
  expect(made.toSorted()).toEqual([...listed, `$default -> ${fallback.function}`].toSorted());
});

test('the access log knows the route, and never the path', () => {
  const [stage, ...others] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage').map(([, { Properties }]) => Properties);
  expect(others).toEqual([]);
  const settings = isObject(stage?.AccessLogSettings) ? stage.AccessLogSettings : {};
  expect(JSON.parse(text(settings.Format))).toEqual({
    time: '$context.requestTime',
    requestId: '$context.requestId',
    route: '$context.routeKey',
    status: '$context.status',
    latency: '$context.responseLatency',
    sourceIp: '$context.identity.sourceIp',
  });
  expect(text(settings.DestinationArn)).toMatch(/^ApiAccessLog\w+\.Arn$/);
});

test('each route is throttled', () => {
  template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
    StageName: '$default',
    DefaultRouteSettings: { ThrottlingBurstLimit: 100, ThrottlingRateLimit: 50 },
  });
});

test('routes that hold a function for a second and a half, as they mail, leave the other functions of a new account their turn', () => {
  const [[, stage] = ['', undefined]] = resourcesOf(template, 'AWS::ApiGatewayV2::Stage');
  const limit = { ThrottlingRateLimit: 2, ThrottlingBurstLimit: 2 };
  expect(stage?.Properties.RouteSettings).toEqual({ 'POST /links': limit, 'GET /gettoken/{email}': limit });
  const made = resourcesOf(template, 'AWS::ApiGatewayV2::Route').filter(([, { Properties }]) =>
    ['POST /links', 'GET /gettoken/{email}'].includes(text(Properties.RouteKey)),
  );
  // A stage can't limit a route that is not there yet.
  const [found] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
  expect(found?.DependsOn).toEqual(expect.arrayContaining(made.map(([id]) => id)));
});

test('the API has its own name only where the settings give it one', () => {
  template.resourceCountIs('AWS::ApiGatewayV2::DomainName', 0);
  withDomain.hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
    DomainName: 'grants.lab.org',
    DomainNameConfigurations: [{ CertificateArn: domainSettings.certificateArn, EndpointType: 'REGIONAL' }],
  });
  withDomain.resourceCountIs('AWS::ApiGatewayV2::ApiMapping', 1);
  withDomain.hasOutput('ApiAddress', { Value: 'https://grants.lab.org' });
  withDomain.hasOutput('DnsTarget', {
    Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ApiDomainName'), 'RegionalDomainName'] },
  });
});

test.each(['domainName', 'certificateArn'] as const)('%s alone is refused, with the name of the other', (key) => {
  const other = key === 'domainName' ? 'certificateArn' : 'domainName';
  const { deployment } = parseDeployment({
    admins: ['admin@example.com'],
    mailFrom: 'no-reply@example.com',
    [key]: domainSettings[key],
  });
  expect(() => domainOf(deployment)).toThrow(`Settings: ${other} is missing (${key} is set)`);
});

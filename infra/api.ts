import { CfnOutput, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { DomainName, HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { type FunctionName, fallback, type Route } from '../shared/routes';
import type { Deployment } from '../shared/settings';

/** The API's own name, and the ARN of a certificate for it in the stack's region. */
export interface Domain {
  readonly name: string;
  readonly certificateArn: string;
}

export interface ApiProps {
  readonly routes: readonly Route[];
  readonly functions: Record<FunctionName, IFunction>;
  readonly domain: Domain | undefined;
  /** What becomes of the access log when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
}

/** What is logged of each request. The route and never the path, because a link (and an older client's token) stands in the path. */
const accessLog = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  latency: '$context.responseLatency',
  sourceIp: '$context.identity.sourceIp',
};

/** Counted for each route. A cluster whose jobs all begin at once gets through; a flood does not reach the functions. */
const throttle = { rateLimit: 50, burstLimit: 100 };

/** The HTTP API: each route to its function, and all else to the fallback. */
export class Api extends Construct {
  /** Where it answers, without a slash at the end. */
  readonly address: string;

  constructor(scope: Construct, id: string, { routes, functions, domain, removalPolicy }: ApiProps) {
    super(scope, id);
    const toFunction = integrations(functions);
    const api = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      defaultIntegration: toFunction(fallback.function),
    });
    for (const { method, path, function: name } of routes) {
      api.addRoutes({ path, methods: [HttpMethod[method]], integration: toFunction(name) });
    }

    const log = new LogGroup(this, 'AccessLog', { retention: RetentionDays.THREE_MONTHS, removalPolicy });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
      ...(domain && { domainMapping: { domainName: this.ownName(domain) } }),
    });
    this.address = domain ? `https://${domain.name}` : api.apiEndpoint;
  }

  private ownName({ name, certificateArn }: Domain): DomainName {
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    const domainName = new DomainName(this, 'DomainName', { domainName: name, certificate });
    new CfnOutput(this, 'DnsTarget', {
      description: `Make a CNAME (or alias) record for ${name} that points here`,
      value: domainName.regionalDomainName,
    }).overrideLogicalId('DnsTarget');
    return domainName;
  }
}

/** The domain that the settings name, if they name one. */
export function domainOf({ domainName, certificateArn }: Deployment): Domain | undefined {
  if (domainName && certificateArn) return { name: domainName, certificateArn };
  if (domainName) throw new Error('Settings: certificateArn is missing (domainName is set)');
  if (certificateArn) throw new Error('Settings: domainName is missing (certificateArn is set)');
  return undefined;
}

function integrations(functions: Record<FunctionName, IFunction>): (name: FunctionName) => HttpLambdaIntegration {
  const made = new Map<FunctionName, HttpLambdaIntegration>();
  return (name) => {
    const integration = made.get(name) ?? new HttpLambdaIntegration(name, functions[name]);
    made.set(name, integration);
    return integration;
  };
}

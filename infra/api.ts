import { type Duration, type RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  CfnStage,
  DomainName,
  HttpApi,
  HttpMethod,
  type HttpRoute,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Deployment } from '../shared/aws/settings';
import type { FunctionName, Route } from '../shared/contract/route';
import { fallback, methodsAt } from '../shared/contract/routes';
import type { CustomerKey } from './customer-key';

/** The API's own domain name, and the ARN of a certificate for it in the stack's region. */
export interface Domain {
  readonly name: string;
  readonly certificateArn: string;
}

export interface ApiProps {
  readonly routes: readonly Route[];
  readonly functions: Record<FunctionName, IFunction>;
  readonly domain: Domain | undefined;
  /** What happens to the access log when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Encrypts the access log, if set. */
  readonly key: CustomerKey | undefined;
}

/** The log of each request. It holds the route, never the path: that contains a link, or an older client's token. */
const accessLog = {
  time: '$context.requestTime',
  requestId: '$context.requestId',
  route: '$context.routeKey',
  status: '$context.status',
  latency: '$context.responseLatency',
  sourceIp: '$context.identity.sourceIp',
};

/** For each route. A cluster whose jobs all start at once gets through; a flood does not reach the functions. */
const throttle = { rateLimit: 50, burstLimit: 100 };

/** For routes that send mail: each request holds a function for 1.5 seconds, and a new account has ten functions. */
const mailThrottle = { ThrottlingRateLimit: 2, ThrottlingBurstLimit: 2 };

/** The HTTP API: each route goes to its function, and all else to the fallback. */
export class Api extends Construct {
  /** The address, without a slash at the end. */
  readonly address: string;
  /** The name that the API's own domain name must point to, if it has one. */
  readonly regionalName: string | undefined;
  readonly log: LogGroup;
  private readonly api: HttpApi;

  constructor(scope: Construct, id: string, { routes, functions, domain, removalPolicy, key }: ApiProps) {
    super(scope, id);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'Each function checks the token itself: a route may take it in a header or, for older clients, in its path, and links are open to all.',
    });
    const toFunction = integrations(functions);
    this.api = new HttpApi(this, 'HttpApi', {
      apiName: Stack.of(this).stackName,
      createDefaultStage: false,
      defaultIntegration: toFunction(fallback.function),
    });
    const mailing = new Map<string, HttpRoute>();
    for (const route of routes) {
      const { path, function: name } = route;
      const methods = methodsAt(route).map((method) => HttpMethod[method]);
      const made = this.api.addRoutes({ path, methods, integration: toFunction(name) });
      if (name === 'request-link')
        for (const [index, one] of made.entries()) mailing.set(`${methods[index]} ${path}`, one);
    }

    this.log = new LogGroup(this, 'AccessLog', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy,
      ...(key && { encryptionKey: key.key }),
    });
    const ownName =
      domain &&
      new DomainName(this, 'DomainName', {
        domainName: domain.name,
        certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      });
    this.regionalName = ownName?.regionalDomainName;
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.log),
        format: AccessLogFormat.custom(JSON.stringify(accessLog)),
      },
      ...(ownName && { domainMapping: { domainName: ownName } }),
    });
    if (stage.node.defaultChild instanceof CfnStage)
      stage.node.defaultChild.routeSettings = Object.fromEntries([...mailing.keys()].map((key) => [key, mailThrottle]));
    // A stage can't limit a route before the route exists.
    stage.node.addDependency(...mailing.values());
    this.address = domain ? `https://${domain.name}` : this.api.apiEndpoint;
  }

  metrics(period: Duration): Metric[] {
    const counted = { period, statistic: 'Sum' };
    return [this.api.metricCount(counted), this.api.metricClientError(counted), this.metricServerErrors(period)];
  }

  /** Milliseconds for half of all requests and for nearly all. */
  metricLatencies(period: Duration): Metric[] {
    return ['p50', 'p95', 'p99'].map((statistic) => this.api.metricLatency({ period, statistic, label: statistic }));
  }

  metricServerErrors(period: Duration): Metric {
    return this.api.metricServerError({ period, statistic: 'Sum' });
  }
}

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

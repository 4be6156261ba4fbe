import { Duration, SecretValue, Stack, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import {
  AllowedMethods,
  CachePolicy,
  Distribution,
  HttpVersion,
  OriginProtocolPolicy,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  OriginSslPolicy,
  SecurityPolicyProtocol,
  ViewerProtocolPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import { HttpOrigin } from 'aws-cdk-lib/aws-cloudfront-origins';
import { Construct } from 'constructs';
import type { Deployment } from '../shared/aws/settings';
import { frontHeader, viewerHeader } from '../shared/http/front';
import type { Domain } from './api';

/** What stands in front of the API. */
export interface FrontSettings {
  /** The organisation's own web ACL. */
  readonly webAclArn: string;
  /** The ARN of a certificate for the API's name. It must be in us-east-1, as CloudFront accepts no other. */
  readonly certificateArn: string;
  /** The version of the key that CloudFront sends; the current one at deployment if left out. */
  readonly keyVersion: string | undefined;
}

export interface FrontProps extends FrontSettings {
  readonly domain: Domain;
  /** The name at which API Gateway answers. */
  readonly regionalName: string;
  /** The ARN of the secret by which functions recognise CloudFront. */
  readonly keyArn: string;
}

/** CloudFront would keep these errors for ten seconds and send them to everybody, whatever the answer says. */
const keptErrors = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/** CloudFront with a web ACL in front of the API. It caches nothing, and sends functions a key, so that nobody can bypass it. */
export class Front extends Construct {
  /** The DNS record of the API's name must point here. */
  readonly target: string;

  constructor(scope: Construct, id: string, props: FrontProps) {
    super(scope, id);
    const { domain, regionalName, webAclArn, certificateArn, keyArn, keyVersion } = props;
    const key = SecretValue.secretsManager(keyArn, {
      jsonField: 'key',
      ...(keyVersion !== undefined && { versionId: keyVersion }),
    });
    const distribution = new Distribution(this, 'Distribution', {
      comment: Stack.of(this).stackName,
      domainNames: [domain.name],
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      minimumProtocolVersion: SecurityPolicyProtocol.TLS_V1_2_2021,
      httpVersion: HttpVersion.HTTP2_AND_3,
      webAclId: webAclArn,
      defaultBehavior: {
        origin: new HttpOrigin(regionalName, {
          protocolPolicy: OriginProtocolPolicy.HTTPS_ONLY,
          originSslProtocols: [OriginSslPolicy.TLS_V1_2],
          // CloudFormation inserts the key. The template only names the secret.
          customHeaders: { [frontHeader]: key.unsafeUnwrap() },
        }),
        allowedMethods: AllowedMethods.ALLOW_ALL,
        viewerProtocolPolicy: ViewerProtocolPolicy.HTTPS_ONLY,
        cachePolicy: CachePolicy.CACHING_DISABLED,
        originRequestPolicy: new OriginRequestPolicy(this, 'HandOn', {
          comment: 'All of the request, and the address of the viewer',
          headerBehavior: OriginRequestHeaderBehavior.all(viewerHeader),
          queryStringBehavior: OriginRequestQueryStringBehavior.all(),
          cookieBehavior: OriginRequestCookieBehavior.none(),
        }),
      },
      errorResponses: keptErrors.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    });
    this.target = distribution.distributionDomainName;
    Validations.of(distribution).acknowledge(
      { id: 'AwsSolutions::AwsSolutions-CFR1', reason: 'From where people may ask is for the web ACL to say.' },
      {
        id: 'AwsSolutions::AwsSolutions-CFR3',
        reason:
          'Its access log names the path, and a link stands in the path. The log of API Gateway has each request.',
      },
    );
  }
}

/** What the settings put in front of the API, if anything. It needs a domain name: TLS 1.2 alone takes a certificate. */
export function frontSettingsOf(deployment: Deployment): FrontSettings | undefined {
  const { webAclArn, frontCertificateArn, frontKeyVersion, domainName } = deployment;
  if (!webAclArn) {
    const set = frontCertificateArn ? 'frontCertificateArn' : frontKeyVersion && 'frontKeyVersion';
    if (set) throw new Error(`Settings: webAclArn is missing (${set} is set)`);
    return undefined;
  }
  if (!domainName) throw new Error('Settings: domainName and certificateArn are missing (webAclArn is set)');
  if (!frontCertificateArn)
    throw new Error(
      'Settings: frontCertificateArn is missing (webAclArn is set): a certificate for domainName in us-east-1',
    );
  return { webAclArn, certificateArn: frontCertificateArn, keyVersion: frontKeyVersion };
}

import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { context } from '../../cdk.json';
import { MongograntStack } from '../../infra/stack';
import { parseDeployment } from '../../shared/aws/settings';

export const vpcSettings = {
  vpcId: 'vpc-0123456789abcdef0',
  subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
};

export const domainSettings = {
  domainName: 'grants.lab.org',
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0b1c2d3e-0b1c-2d3e-4f50-0b1c2d3e4f50',
};

export const frontSettings = {
  webAclArn: 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/company/0b1c2d3e-0b1c-2d3e-4f50-0b1c2d3e4f50',
  frontCertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1b1c2d3e-0b1c-2d3e-4f50-0b1c2d3e4f50',
};

export const kmsKeyArn = 'arn:aws:kms:eu-central-1:123456789012:key/0b1c2d3e-0b1c-2d3e-4f50-0b1c2d3e4f50';

/**
 * The template of the stack as cdk.json describes it, with these settings on top. What takes seconds is left to app.test.ts: bundling
 * the functions, and the CDK's check of the template.
 */
export function synthesize(settings: Record<string, unknown> = {}): Template {
  const app = new App({
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
  });
  return Template.fromStack(new MongograntStack(app, parseDeployment({ ...context.mongogrant, ...settings })));
}

/** A resource of the template, as far as these tests look into it. */
export interface Resource {
  DeletionPolicy: unknown;
  UpdateReplacePolicy: unknown;
  Properties: Record<string, unknown>;
}

export function resourcesOf(template: Template, type: string): [id: string, resource: Resource][] {
  return Object.entries(template.findResources(type)).map(
    ([id, { DeletionPolicy, UpdateReplacePolicy, Properties }]) => [
      id,
      { DeletionPolicy, UpdateReplacePolicy, Properties: isObject(Properties) ? Properties : {} },
    ],
  );
}

/** The name under `functions/` that a function, or a part of one, was made from: the beginning of its logical id. */
export function functionOf(logicalId: string): string {
  const name = /^(.+)(Function|Role|Logs)/.exec(logicalId)?.[1] ?? logicalId;
  const names = [
    'request-link',
    'redeem-link',
    'grant-credentials',
    'grants',
    'revoke',
    'rules',
    'audit',
    'reap',
    'remind',
    'reconcile',
    'rotate-admin-password',
    'note-feedback',
  ];
  return names.find((candidate) => candidate.replaceAll('-', '') === name) ?? `unknown function ${logicalId}`;
}

/** What CloudFormation would make of a value, with names in place of what only a deployment knows. */
export function text(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return JSON.stringify(value);
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value;
  if (typeof ref === 'string') return ref.startsWith('AWS::') ? ref.slice(5).toLowerCase() : ref;
  if (Array.isArray(attribute)) return attribute.join('.');
  if (Array.isArray(join) && Array.isArray(join[1])) return join[1].map(text).join(String(join[0]));
  return JSON.stringify(value);
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Why a role may reach whatever has a name of this form: cdk-nag asks for a reason at each `*`. */
export function allowWildcard(role: IConstruct | undefined, resource: string, reason: string): void {
  if (!role) return;
  // As cdk-nag writes an ARN whose parts only a deployment knows.
  const parts = Stack.of(role).resolve(resource);
  Validations.of(role).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flat(parts)}]`, reason });
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } = Object(value);
  return typeof ref === 'string' ? `<${ref}>` : join[1].map(flat).join(join[0]);
}

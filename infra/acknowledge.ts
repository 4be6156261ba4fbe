import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says why a role may reach every resource with a name of this form: cdk-nag asks for a reason at each `*`. */
export function allowWildcard(role: IConstruct | undefined, resource: string, reason: string): void {
  if (!role) return;
  // cdk-nag writes an ARN like this if only a deployment knows some of its parts.
  const parts = Stack.of(role).resolve(resource);
  Validations.of(role).acknowledge({ id: `AwsSolutions::AwsSolutions-IAM5[Resource::${flat(parts)}]`, reason });
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref: ref, 'Fn::Join': join } = Object(value);
  return typeof ref === 'string' ? `<${ref}>` : join[1].map(flat).join(join[0]);
}

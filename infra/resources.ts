import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { HostSecrets } from './host-secrets';
import type { Mail } from './mail';
import type { SigningKey } from './signing-key';
import type { Table } from './table';

/** What functions share. Each method lets a function do one thing. */
export interface Resources {
  readonly table: Table;
  readonly signingKey: SigningKey;
  readonly linkKey: SigningKey;
  readonly hosts: HostSecrets;
  readonly mail: Mail;
}

/** Everything that a function may do. It stands in `permissions.ts` beside the function, and no bundle holds it. */
export type Permissions = (resources: Resources, fn: LambdaFunction) => void;

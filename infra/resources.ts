import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { HostSecrets } from './host-secrets';
import type { Mail } from './mail';
import type { SigningKey } from './signing-key';
import type { Table } from './table';

/** The resources that functions share. Each method lets a function do one thing. */
export interface Resources {
  readonly table: Table;
  readonly signingKey: SigningKey;
  readonly linkKey: SigningKey;
  readonly hosts: HostSecrets;
  readonly mail: Mail;
}

/** All permissions of a function. They are in `permissions.ts` beside the function, and in no bundle. */
export type Permissions = (resources: Resources, fn: LambdaFunction) => void;

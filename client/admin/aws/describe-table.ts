import {
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { attempts, patient } from '../../../shared/aws/aws-requests';

export interface TableFacts {
  /** `ACTIVE` where all is well. */
  status: string;
  /** The attributes of its key, in their order. */
  key: string[];
  indexes: string[];
  onDemand: boolean;
  deletionProtection: boolean;
}

/** Asks about the table itself, and reads no items. Each function is one call. */
export function tableDescription(name: string) {
  const client = patient(new DynamoDBClient(attempts));
  const own = { TableName: name };
  return {
    async table(): Promise<TableFacts> {
      const { Table: table = {} } = await client.send(new DescribeTableCommand(own));
      return {
        status: table.TableStatus ?? 'unknown',
        key: (table.KeySchema ?? []).flatMap(({ AttributeName: attribute }) => attribute ?? []),
        indexes: (table.GlobalSecondaryIndexes ?? []).flatMap(({ IndexName: index }) => index ?? []),
        onDemand: table.BillingModeSummary?.BillingMode === 'PAY_PER_REQUEST',
        deletionProtection: table.DeletionProtectionEnabled ?? false,
      };
    },
    /** Whether the table can be set back to any second of the last weeks. */
    async pointInTimeRecovery(): Promise<boolean> {
      const answer = await client.send(new DescribeContinuousBackupsCommand(own));
      const { PointInTimeRecoveryDescription: recovery } = answer.ContinuousBackupsDescription ?? {};
      return recovery?.PointInTimeRecoveryStatus === 'ENABLED';
    },
    /** The attribute by which DynamoDB deletes items; none where it deletes none. */
    async timeToLive(): Promise<string | undefined> {
      const { TimeToLiveDescription: ttl } = await client.send(new DescribeTimeToLiveCommand(own));
      return ttl?.TimeToLiveStatus?.startsWith('ENABL') ? ttl.AttributeName : undefined;
    },
  };
}

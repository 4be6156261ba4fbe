import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import {
  AttributeType,
  BillingMode,
  Table as DynamoTable,
  type ITable,
  ProjectionType,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type PolicyStatementProps } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { CustomerKey } from './customer-key';

type Action = 'GetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

export interface TableProps {
  /** Keep the table when the stack is deleted, and refuse its deletion; `false` is for stacks that are thrown away. */
  readonly retain: boolean;
  /** Encrypts it in place of AWS's own key, where there is one. */
  readonly key: CustomerKey | undefined;
  /** One to use in place of the stack's own, which stays: such as point-in-time recovery makes. */
  readonly name: string | undefined;
}

/**
 * The one table. Each method lets a function do one thing to one kind of item, and tells the function where the table is.
 * All items share the table, so the partition's prefix is what keeps, say, request-link away from grants.
 */
export class Table extends Construct {
  private readonly table: ITable;
  private readonly key: CustomerKey | undefined;

  constructor(scope: Construct, id: string, { retain, key, name }: TableProps) {
    super(scope, id);
    this.key = key;
    const own = this.makeOwn(retain, key);
    this.table = name === undefined ? own : DynamoTable.fromTableName(this, 'Other', name);
  }

  private makeOwn(retain: boolean, key: CustomerKey | undefined): DynamoTable {
    const table = new DynamoTable(this, 'Items', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'deleteAt',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: retain,
      ...(key && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: key.key }),
      removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    const { NUMBER, STRING } = AttributeType;
    const [due, dueAt] = [
      { name: 'duePk', type: STRING },
      { name: 'dueAt', type: NUMBER },
    ];
    const [listed, listSk] = [
      { name: 'listPk', type: STRING },
      { name: 'listSk', type: STRING },
    ];
    const projectionType = ProjectionType.ALL;
    table.addGlobalSecondaryIndex({ indexName: 'due', partitionKey: due, sortKey: dueAt, projectionType });
    table.addGlobalSecondaryIndex({ indexName: 'listed', partitionKey: listed, sortKey: listSk, projectionType });
    return table;
  }

  /** As it is called in AWS, for admins who work with it from outside. */
  get name(): string {
    return this.table.tableName;
  }

  /** What reads and writes cost. */
  metricUnits(period: Duration): Metric[] {
    const counted = { period, statistic: 'Sum' };
    return [this.table.metricConsumedReadCapacityUnits(counted), this.table.metricConsumedWriteCapacityUnits(counted)];
  }

  // Whoever makes conditional writes may read the item too: where the answer to a write got lost, only the item tells what became of it.

  /** Look for links sent before, count them, and keep a new one. */
  createLinks = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['GetItem', 'Query', 'PutItem', 'UpdateItem']);

  /** Count the mails to new addresses of a domain. */
  countNewAddresses = (fn: LambdaFunction) => this.allow(fn, 'domains#*', ['GetItem', 'UpdateItem']);

  /** Look at a link and spend it. */
  spendLinks = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['GetItem', 'UpdateItem']);

  /** See whether the token that a link became still works. */
  checkTokens = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['GetItem']);

  /** Find a person's tokens and end them. */
  endTokens = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['Query', 'UpdateItem']);

  /** Note that an address gets no mail for now. (Nobody reads what was noted before.) */
  noteUndelivered = (fn: LambdaFunction) => this.allow(fn, 'mail#*', ['PutItem']);

  /** See whether an address gets mail. */
  readUndelivered = (fn: LambdaFunction) => this.allow(fn, 'mail#*', ['GetItem']);
  countRequests = (fn: LambdaFunction) => this.allow(fn, 'ip#*', ['GetItem', 'UpdateItem']);

  /** Read the rules of one person, domain or everybody: what a decision needs. */
  readRules = (fn: LambdaFunction) => this.allow(fn, 'rules#*', ['Query']);
  listRules = (fn: LambdaFunction) => this.list(fn, 'rules', 'listed');

  /** Count what a ruler has set. */
  countRules = (fn: LambdaFunction) => this.list(fn, 'rules#by#*', 'due');

  /** Look at one rule, and write or remove it if it still is as it was. */
  changeRules = (fn: LambdaFunction) => this.allow(fn, 'rules#*', ['GetItem', 'PutItem', 'DeleteItem']);
  removeRules = (fn: LambdaFunction) => this.allow(fn, 'rules#*', ['GetItem', 'DeleteItem']);

  /** See what a ruler may decide. */
  readRulers = (fn: LambdaFunction) => this.allow(fn, 'rulers#*', ['GetItem']);
  listRulers = (fn: LambdaFunction) => this.list(fn, 'rulers', 'listed');

  /** Look at one ruler, and write or remove it if it still is as it was. */
  changeRulers = (fn: LambdaFunction) => this.allow(fn, 'rulers#*', ['GetItem', 'PutItem', 'DeleteItem']);

  /** Read the grants of one person. */
  readGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['Query']);

  /** Read the grants on one host. */
  listGrants = (fn: LambdaFunction) => this.list(fn, 'grants#*', 'listed');

  /** Read everybody's grants that have not ended. */
  listLiveGrants = (fn: LambdaFunction) => this.list(fn, 'grants#*', 'due');

  /** Write a new grant, and move one on. */
  writeGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['GetItem', 'PutItem', 'UpdateItem']);

  /** Move a grant towards its end; no new one can be written. */
  endGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['GetItem', 'UpdateItem']);

  /** Note something on a grant; no new one can be written. */
  noteOnGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['GetItem', 'UpdateItem']);

  /** See to which hosts there was no way, and note it. */
  noteReach = (fn: LambdaFunction) => this.allow(fn, 'hosts#*', ['GetItem', 'PutItem', 'DeleteItem']);

  /** The same for a function that only asks a host now and then. */
  noteSilence = (fn: LambdaFunction) => this.allow(fn, 'hosts#*', ['GetItem', 'PutItem', 'UpdateItem']);

  /** Write down that grants are to end, and close what is carried out. */
  planOrders = (fn: LambdaFunction) => this.allow(fn, 'orders#*', ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);

  /** Look at what was ordered, and close what is carried out. */
  carryOutOrders(fn: LambdaFunction): void {
    this.list(fn, 'orders', 'due');
    this.allow(fn, 'orders#*', ['GetItem', 'UpdateItem', 'DeleteItem']);
  }

  /** Take a host for one run alone, and leave it again. */
  takeHosts = (fn: LambdaFunction) => this.allow(fn, 'hosts#*', ['GetItem', 'PutItem', 'DeleteItem']);

  /** See by which version the rows are written, and note it. */
  noteVersion = (fn: LambdaFunction) => this.allow(fn, 'rows', ['GetItem', 'PutItem']);

  /** Note that a daily job came to its end. */
  noteRuns = (fn: LambdaFunction) => this.allow(fn, 'jobs', ['PutItem']);

  /** See when a daily job came to its end, and note it. */
  watchRuns = (fn: LambdaFunction) => this.allow(fn, 'jobs', ['GetItem', 'PutItem']);

  /** Note that grants are to be looked at, after a change of rules. */
  planSweeps = (fn: LambdaFunction) => this.allow(fn, 'sweeps#*', ['PutItem']);

  /** Look at what is to be swept, and close it. */
  sweep(fn: LambdaFunction): void {
    this.list(fn, 'sweeps', 'due');
    this.allow(fn, 'sweeps#*', ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);
  }

  /** Add events; they can't be read or deleted. (IAM knows no difference between adding and overwriting.) */
  writeAudit = (fn: LambdaFunction) => this.allow(fn, 'audit#*', ['PutItem']);

  /** Read events, by day and by who acted, and by whom they are about. */
  readAudit(fn: LambdaFunction): void {
    this.allow(fn, 'audit#*', ['Query']);
    this.list(fn, 'audit#*', 'listed');
  }

  private allow(fn: LambdaFunction, partitions: string, actions: Action[]): void {
    const names = actions.map((action) => `dynamodb:${action}`);
    this.grant(fn, partitions, { actions: names, resources: [this.table.tableArn] });
  }

  private list(fn: LambdaFunction, partitions: string, index: 'due' | 'listed'): void {
    const resources = [`${this.table.tableArn}/index/${index}`];
    this.grant(fn, partitions, { actions: ['dynamodb:Query'], resources });
  }

  private grant(fn: LambdaFunction, partitions: string, statement: PolicyStatementProps): void {
    fn.addEnvironment('TABLE_NAME', this.table.tableName);
    this.key?.useTable(fn);
    fn.addToRolePolicy(
      new PolicyStatement({
        ...statement,
        // `ForAllValues` also holds where a request names no key at all.
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      }),
    );
  }
}

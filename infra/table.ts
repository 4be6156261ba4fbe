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
  /** Keeps the table when the stack is deleted, and refuses its deletion; `false` is for throw-away stacks. */
  readonly retain: boolean;
  /** Encrypts the table instead of AWS's own key, if set. */
  readonly key: CustomerKey | undefined;
  /** The table to use instead of the stack's own, which stays. Point-in-time recovery makes such a table. */
  readonly name: string | undefined;
}

/**
 * The one table. Each method lets a function do one thing with one kind of item, and gives the function the table's name. All items share
 * the table, so only the prefix of the partition keeps request-link away from grants.
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

  /** The name in AWS, for admins who work with the table from outside. */
  get name(): string {
    return this.table.tableName;
  }

  /** What reads and writes cost. */
  metricUnits(period: Duration): Metric[] {
    const counted = { period, statistic: 'Sum' };
    return [this.table.metricConsumedReadCapacityUnits(counted), this.table.metricConsumedWriteCapacityUnits(counted)];
  }

  // A function that writes with a condition may also read the item: if the answer to a write is lost, only the item shows the outcome.

  /** Look for earlier links, count them, and store a new one. */
  createLinks = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['GetItem', 'Query', 'PutItem', 'UpdateItem']);

  countNewAddresses = (fn: LambdaFunction) => this.allow(fn, 'domains#*', ['GetItem', 'UpdateItem']);

  spendLinks = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['GetItem', 'UpdateItem']);

  /** See whether the token that a link became still works. */
  checkTokens = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['GetItem']);

  /** Store the ticket of a reminder. (It can't read tickets.) */
  createTickets = (fn: LambdaFunction) => this.allow(fn, 'tickets#*', ['PutItem']);
  readTickets = (fn: LambdaFunction) => this.allow(fn, 'tickets#*', ['GetItem']);
  dropTickets = (fn: LambdaFunction) => this.allow(fn, 'tickets#*', ['Query', 'DeleteItem']);

  endTokens = (fn: LambdaFunction) => this.allow(fn, 'links#*', ['Query', 'UpdateItem']);

  /** Note that an address gets no mail for now. (It can't read the notes.) */
  noteUndelivered = (fn: LambdaFunction) => this.allow(fn, 'mail#*', ['PutItem']);

  readUndelivered = (fn: LambdaFunction) => this.allow(fn, 'mail#*', ['GetItem']);
  countRequests = (fn: LambdaFunction) => this.allow(fn, 'ip#*', ['GetItem', 'UpdateItem']);

  /** Read the rules of one person, domain or everybody: what a decision needs. */
  readRules = (fn: LambdaFunction) => this.allow(fn, 'rules#*', ['Query']);
  listRules = (fn: LambdaFunction) => this.list(fn, 'rules', 'listed');

  /** Count the rules that a ruler set. */
  countRules = (fn: LambdaFunction) => this.list(fn, 'rules#by#*', 'due');

  /** Read one rule, and write or remove it if it is unchanged. */
  changeRules = (fn: LambdaFunction) => this.allow(fn, 'rules#*', ['GetItem', 'PutItem', 'DeleteItem']);
  removeRules = (fn: LambdaFunction) => this.allow(fn, 'rules#*', ['GetItem', 'DeleteItem']);

  readRulers = (fn: LambdaFunction) => this.allow(fn, 'rulers#*', ['GetItem']);
  listRulers = (fn: LambdaFunction) => this.list(fn, 'rulers', 'listed');

  /** Read one ruler, and write or remove it if it is unchanged. */
  changeRulers = (fn: LambdaFunction) => this.allow(fn, 'rulers#*', ['GetItem', 'PutItem', 'DeleteItem']);

  /** Read the grants of one person. */
  readGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['Query']);

  listGrants = (fn: LambdaFunction) => this.list(fn, 'grants#*', 'listed');

  /** Read everybody's grants that have not ended. */
  listLiveGrants = (fn: LambdaFunction) => this.list(fn, 'grants#*', 'due');

  /** Write a new grant, and move one to another state. */
  writeGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['GetItem', 'PutItem', 'UpdateItem']);

  /** Move a grant towards its end. It can't write new ones. */
  endGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['GetItem', 'UpdateItem']);

  /** Note something on a grant. It can't write new ones. */
  noteOnGrants = (fn: LambdaFunction) => this.allow(fn, 'grants#*', ['GetItem', 'UpdateItem']);

  /** See which hosts could not be reached, and note it. */
  noteReach = (fn: LambdaFunction) => this.allow(fn, 'hosts#*', ['GetItem', 'PutItem', 'DeleteItem']);

  /** The same for a function that asks hosts only now and then. */
  noteSilence = (fn: LambdaFunction) => this.allow(fn, 'hosts#*', ['GetItem', 'PutItem', 'UpdateItem']);

  /** Write down that grants are to end, and close orders that are carried out. */
  planOrders = (fn: LambdaFunction) => this.allow(fn, 'orders#*', ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);

  /** Read the orders, and close those that are carried out. */
  carryOutOrders(fn: LambdaFunction): void {
    this.list(fn, 'orders', 'due');
    this.allow(fn, 'orders#*', ['GetItem', 'UpdateItem', 'DeleteItem']);
  }

  /** Reserve a host for one run, and free it again. */
  takeHosts = (fn: LambdaFunction) => this.allow(fn, 'hosts#*', ['GetItem', 'PutItem', 'DeleteItem']);

  /** See which version the rows have, and note it. */
  noteVersion = (fn: LambdaFunction) => this.allow(fn, 'rows', ['GetItem', 'PutItem']);

  /** Note that a daily job has ended. */
  noteRuns = (fn: LambdaFunction) => this.allow(fn, 'jobs', ['PutItem']);

  /** See when a daily job ended, and note it. */
  watchRuns = (fn: LambdaFunction) => this.allow(fn, 'jobs', ['GetItem', 'PutItem']);

  /** Note that grants must be checked after a change of rules. */
  planSweeps = (fn: LambdaFunction) => this.allow(fn, 'sweeps#*', ['PutItem']);

  /** Read the sweeps that are due, and close them. */
  sweep(fn: LambdaFunction): void {
    this.list(fn, 'sweeps', 'due');
    this.allow(fn, 'sweeps#*', ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);
  }

  /** Add events, which can't be read or deleted. (IAM can't tell adding from overwriting.) */
  writeAudit = (fn: LambdaFunction) => this.allow(fn, 'audit#*', ['PutItem']);

  /** Read events by day, by who acted, and by whom they are about. */
  readAudit(fn: LambdaFunction): void {
    this.allow(fn, 'audit#*', ['Query']);
    this.list(fn, 'audit#*', 'listed');
  }

  /** Note the day before which there are no events. */
  noteFirstDay = (fn: LambdaFunction) => this.allow(fn, 'events', ['GetItem', 'PutItem']);

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
        // `ForAllValues` also passes a request that names no key.
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      }),
    );
  }
}

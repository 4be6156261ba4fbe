import policy from '../../infra/stack-policy.json';
import { functionOf, resourcesOf, synthesize } from './synthesize';

const kept = synthesize();
const tableOf = (template = kept) =>
  resourcesOf(template, 'AWS::DynamoDB::Table').map(([id, table]) => ({ id, ...table }));

test('there is one table, kept whatever happens to the stack, and restorable to any second', () => {
  expect(tableOf()).toEqual([
    expect.objectContaining({
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: expect.objectContaining({
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        BillingMode: 'PAY_PER_REQUEST',
      }),
    }),
  ]);
});

// CloudFormation would make a new, empty table for another logical id or another key, and every grant would be forgotten.
test('an update never replaces the table', () => {
  const [table] = tableOf();
  expect(table?.id).toBe('TableItems4E2090AD');
  expect(table?.Properties).not.toHaveProperty('TableName');
  expect(table?.Properties.KeySchema).toEqual([
    { AttributeName: 'pk', KeyType: 'HASH' },
    { AttributeName: 'sk', KeyType: 'RANGE' },
  ]);
});

test('a stack policy refuses an update that would replace or delete what holds state', () => {
  const deny = policy.Statement[1];
  const covers = (id: string) =>
    [deny?.Resource ?? []].flat().some((one) => id.startsWith(one.replace(/^LogicalResourceId\/|\*$/g, '')));
  const stateful = ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret'].flatMap((type) => resourcesOf(kept, type));
  expect(stateful).toHaveLength(3);
  expect(stateful.filter(([id]) => !covers(id))).toEqual([]);
  expect(deny).toMatchObject({ Effect: 'Deny', Action: ['Update:Replace', 'Update:Delete'] });
});

test('a table that is named is used in its place, by all, and its own stays', () => {
  const template = synthesize({ tableName: 'recovered' });
  expect(tableOf(template)).toEqual(tableOf());
  const roles = JSON.stringify(resourcesOf(template, 'AWS::IAM::Policy'));
  expect(roles).not.toContain('TableItems');
  expect(roles).toContain(':table/recovered/index/due');
  for (const [id, { Properties }] of resourcesOf(template, 'AWS::Lambda::Function'))
    if (functionOf(id) !== 'rotate-admin-password')
      expect(Properties.Environment).toMatchObject({ Variables: { TABLE_NAME: 'recovered' } });
});

test('it has the indexes for what is due and for lists, with all attributes, and tidies up by deleteAt', () => {
  const [table] = tableOf();
  const index = (IndexName: string, hash: string, range: string) => ({
    IndexName,
    KeySchema: [
      { AttributeName: hash, KeyType: 'HASH' },
      { AttributeName: range, KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  });
  expect(table?.Properties.GlobalSecondaryIndexes).toEqual([
    index('due', 'duePk', 'dueAt'),
    index('listed', 'listPk', 'listSk'),
  ]);
  expect(table?.Properties.AttributeDefinitions).toEqual(
    expect.arrayContaining([
      { AttributeName: 'dueAt', AttributeType: 'N' },
      { AttributeName: 'listSk', AttributeType: 'S' },
    ]),
  );
  expect(table?.Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'deleteAt', Enabled: true });
});

test('a stack with retain: false takes its table and logs with it', () => {
  const template = synthesize({ retain: false });
  expect(tableOf(template)).toEqual([
    expect.objectContaining({
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: expect.objectContaining({ DeletionProtectionEnabled: false }),
    }),
  ]);
  for (const [, log] of resourcesOf(template, 'AWS::Logs::LogGroup')) expect(log.DeletionPolicy).toBe('Delete');
});

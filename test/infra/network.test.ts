import { functionOf, resourcesOf, synthesize, vpcSettings } from './synthesize';

const placed = (template: ReturnType<typeof synthesize>) =>
  Object.fromEntries(
    resourcesOf(template, 'AWS::Lambda::Function')
      .filter(([, { Properties }]) => 'VpcConfig' in Properties)
      .map(([id, { Properties }]) => [functionOf(id), Properties.VpcConfig]),
  );

test('without vpcId no function is in a VPC', () => {
  const template = synthesize();
  expect(placed(template)).toEqual({});
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
});

test('only the functions that talk to MongoDB are in the VPC, in a security group that lets nothing in', () => {
  const template = synthesize(vpcSettings);
  const [group] = resourcesOf(template, 'AWS::EC2::SecurityGroup');
  const config = { SubnetIds: vpcSettings.subnetIds, SecurityGroupIds: [{ 'Fn::GetAtt': [group?.[0], 'GroupId'] }] };
  expect(placed(template)).toEqual({
    'grant-credentials': config,
    revoke: config,
    reap: config,
    reconcile: config,
    'rotate-admin-password': config,
  });
  expect(group?.[1].Properties.VpcId).toBe(vpcSettings.vpcId);
  expect(group?.[1].Properties).not.toHaveProperty('SecurityGroupIngress');
  template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
});

test('security groups that the settings name take the place of our own', () => {
  const securityGroupIds = ['sg-0123456789abcdef0', 'sg-0123456789abcdef1'];
  const template = synthesize({ ...vpcSettings, securityGroupIds });
  const config = { SubnetIds: vpcSettings.subnetIds, SecurityGroupIds: securityGroupIds };
  expect(placed(template)).toEqual({
    'grant-credentials': config,
    revoke: config,
    reap: config,
    reconcile: config,
    'rotate-admin-password': config,
  });
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
});

test.each([
  ['subnetIds', { vpcId: vpcSettings.vpcId }],
  ['vpcId', { subnetIds: vpcSettings.subnetIds }],
  ['vpcId', { securityGroupIds: ['sg-0123456789abcdef0'] }],
])('a VPC without %s is refused by name', (key, settings) => {
  expect(() => synthesize(settings)).toThrow(`Settings: ${key} is missing`);
});

import { Annotations } from 'aws-cdk-lib';
import { SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Deployment } from '../shared/aws/settings';
import { allowWildcard } from './acknowledge';

const interfaceActions = [
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

type Ids = { vpcId: string; subnetIds: string[]; securityGroupIds: string[] | undefined };

/**
 * The VPC for MongoDB servers that the internet can't reach. Its subnets need a NAT gateway or VPC endpoints for DynamoDB and Secrets
 * Manager. It uses ids alone, so building the stack asks AWS nothing.
 */
export class Network extends Construct {
  readonly placement: Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>;

  static of(scope: Construct, { vpcId, subnetIds, securityGroupIds }: Deployment): Network | undefined {
    if (vpcId && subnetIds) return new Network(scope, 'Network', { vpcId, subnetIds, securityGroupIds });
    if (vpcId) throw new Error('Settings: subnetIds is missing (vpcId is set)');
    if (subnetIds) throw new Error('Settings: vpcId is missing (subnetIds is set)');
    if (securityGroupIds) throw new Error('Settings: vpcId is missing (securityGroupIds is set)');
    return undefined;
  }

  private constructor(scope: Construct, id: string, { vpcId, subnetIds, securityGroupIds }: Ids) {
    super(scope, id);
    // CDK does not know the route table of a subnet with only an id, and nothing here needs it.
    Annotations.of(this).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
    // CDK wants a zone but never uses it, as the subnets are named.
    const vpc = Vpc.fromVpcAttributes(this, 'Vpc', { vpcId, availabilityZones: ['any'] });
    this.placement = {
      vpc,
      vpcSubnets: { subnets: subnetIds.map((subnet) => Subnet.fromSubnetId(this, subnet, subnet)) },
      securityGroups: securityGroupIds
        ? securityGroupIds.map((group) => SecurityGroup.fromSecurityGroupId(this, group, group, { mutable: false }))
        : // Outwards everything, since hosts listen on ports of their own choice; inwards nothing.
          [new SecurityGroup(this, 'MongoDBClients', { vpc, description: 'Functions of mongogrant' })],
    };
  }

  /** Lets Lambda attach the function to the VPC, but not the function's own code. */
  attach(role: Role): void {
    const { grantPrincipal } = role;
    allowWildcard(
      role,
      '*',
      'The interfaces have no names before Lambda makes them, and Describe* knows no resources.',
    );
    grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ actions: interfaceActions, resources: ['*'] }));
    grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: interfaceActions,
        resources: ['*'],
        // Only calls by code inside a function carry this key; those by the Lambda service do not.
        conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      }),
    );
  }
}

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
 * The VPC from which functions reach MongoDB servers that the internet does not. Its subnets need a way to DynamoDB and
 * Secrets Manager: a NAT gateway or VPC endpoints. Named by ids alone, so that building the stack asks AWS nothing.
 */
export class Network extends Construct {
  readonly placement: Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>;

  /** The network that the settings name, if they name one. */
  static of(scope: Construct, { vpcId, subnetIds, securityGroupIds }: Deployment): Network | undefined {
    if (vpcId && subnetIds) return new Network(scope, 'Network', { vpcId, subnetIds, securityGroupIds });
    if (vpcId) throw new Error('Settings: subnetIds is missing (vpcId is set)');
    if (subnetIds) throw new Error('Settings: vpcId is missing (subnetIds is set)');
    if (securityGroupIds) throw new Error('Settings: vpcId is missing (securityGroupIds is set)');
    return undefined;
  }

  private constructor(scope: Construct, id: string, { vpcId, subnetIds, securityGroupIds }: Ids) {
    super(scope, id);
    // A subnet named by its id alone has no route table that CDK knows; nothing here asks for one.
    Annotations.of(this).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
    // CDK wants a zone, and uses it nowhere, since the subnets are named.
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

  /** Lets Lambda, but not the function's own code, attach the function to the VPC. */
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
        // Calls made by code inside a function carry this key; those of the Lambda service do not.
        conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
      }),
    );
  }
}

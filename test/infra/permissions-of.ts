import type { Template } from 'aws-cdk-lib/assertions';
import { functionOf, isObject, listOf, resourcesOf, text } from './synthesize';

/** Function -> its permissions as sorted lines, one for each action, resource and condition. */
export function permissions(template: Template): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const [, { Properties: policy }] of resourcesOf(template, 'AWS::IAM::Policy')) {
    const document = isObject(policy.PolicyDocument) ? policy.PolicyDocument : {};
    for (const role of listOf(policy.Roles).map(text)) {
      const name = functionOf(role);
      const own = listOf(document.Statement).flatMap((statement) =>
        linesOf(isObject(statement) ? statement : {}, name),
      );
      lines[name] = [...(lines[name] ?? []), ...own].toSorted();
    }
  }
  return lines;
}

function linesOf(statement: Record<string, unknown>, name: string): string[] {
  const { Effect, Action, Resource, Condition, ...rest } = statement;
  expect(rest).toEqual({});
  const only = Condition === undefined ? '' : ` only ${conditionName(Condition)}`;
  const denied = Effect === 'Allow' ? '' : `${Effect} `;
  return listOf(Action).flatMap((action) =>
    listOf(Resource).map((resource) => `${denied}${action} ${resourceName(text(resource), name)}${only}`),
  );
}

function resourceName(resource: string, name: string): string {
  if (/^SigningKeySecret\w+$/.test(resource)) return 'signing-key';
  if (/^LinkKeySecret\w+$/.test(resource)) return 'link-key';
  if (/Logs\w+\.Arn$/.test(resource))
    return functionOf(resource) === name ? 'own log' : `log of ${functionOf(resource)}`;
  return resource.replace(/^TableItems\w+\.Arn/, 'table').replace(/MailFeedback\w+$/, 'own');
}

function conditionName(condition: unknown): string {
  const written = JSON.stringify(condition);
  // `ForAllValues` alone holds for a request without any key.
  const leading =
    /^\{"ForAllValues:StringLike":\{"dynamodb:LeadingKeys":\["([^"]+)"\]\},"Null":\{"dynamodb:LeadingKeys":"false"\}\}$/;
  return leading.exec(written)?.[1] ?? written;
}

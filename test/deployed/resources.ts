import type { Emulator } from './emulator';
import type { FunctionNames } from './story';

/** What CloudFormation made of each logical id. */
async function resourcesOf({ url }: Emulator): Promise<Map<string, string>> {
  const body = new URLSearchParams({
    Action: 'DescribeStackResources',
    StackName: 'mongogrant',
    Version: '2010-05-15',
  });
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    authorization:
      'AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/cloudformation/aws4_request, SignedHeaders=host, Signature=none',
  };
  const text = await (await fetch(url, { method: 'POST', headers, body })).text();
  const field = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? '';
  const members = text.split('<member>').slice(1);
  return new Map(members.map((one) => [field(one, 'LogicalResourceId'), field(one, 'PhysicalResourceId')]));
}

/** The names in AWS of what no route leads to. */
export async function namesOf(emulator: Emulator): Promise<FunctionNames> {
  const all = await resourcesOf(emulator);
  // A logical id ends in eight digits of its path's hash.
  const nameOf = (job: string) =>
    [...all].find(([id]) => new RegExp(`^${job}Function[0-9A-F]{8}$`).test(id))?.[1] ?? '';
  return {
    reap: nameOf('reap'),
    remind: nameOf('remind'),
    reconcile: nameOf('reconcile'),
    noteFeedback: nameOf('notefeedback'),
    rotate: nameOf('rotateadminpassword'),
  };
}

export async function tableOf(emulator: Emulator): Promise<string> {
  const [, name = ''] = [...(await resourcesOf(emulator))].find(([id]) => id.startsWith('TableItems')) ?? [];
  if (name === '') throw new Error('The stack has no table');
  return name;
}

import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { version } from '../package.json';
import { adminEnvironment } from '../shared/aws/admin-environment';
import { senderOf } from '../shared/aws/sender';
import type { parseDeployment } from '../shared/aws/settings';

const host = {
  engine: 'mongo',
  host: 'HOST',
  port: 27017,
  username: 'USER',
  password: 'PASSWORD',
  authSource: 'admin',
  ssl: true,
};

/** Prints, after a deployment, where the API is and what an admin does next, ready to paste. */
export function printNextSteps(
  stack: Stack,
  { api, tableName, dnsTarget }: { api: string; tableName: string; dnsTarget: string | undefined },
  { settings, deployment }: Pick<ReturnType<typeof parseDeployment>, 'settings' | 'deployment'>,
): void {
  const { admins, mailFrom, secretPrefix } = settings;
  const { mailIdentity, kmsKeyArn, domainName } = deployment;
  const print = (id: string, description: string, value: string) => new CfnOutput(stack, id, { description, value });
  const sender = senderOf(mailFrom).address;
  const domain = sender.slice(sender.lastIndexOf('@') + 1);
  const region = `--region ${stack.region}`;
  const key = kmsKeyArn === undefined ? '' : ` --kms-key-id ${kmsKeyArn}`;

  if (dnsTarget) print('DnsTarget', `Make a CNAME (or alias) record for ${domainName} that points here`, dnsTarget);
  print('ApiAddress', 'Where the API answers', api);
  print(
    'Step1VerifySender',
    'SES sends no mail before somebody has confirmed the sender',
    mailIdentity
      ? `nothing, if ${mailIdentity} is verified in the SES of this region: aws sesv2 get-email-identity ${region} --email-identity ${mailIdentity}`
      : `open the link that AWS mailed to ${sender}. (To use the domain ${domain} in its place, add it in the SES console, with its DNS records. A new account is in the SES sandbox, where it can mail to verified addresses only: ask there for production access.)`,
  );
  print(
    'Step2RegisterHost',
    'For each MongoDB host: its admin login, as a secret (a port goes after a slash, as in localhost/27020)',
    `put this, with your values, into host.json (and delete the file afterwards): ${JSON.stringify(host)}
aws secretsmanager create-secret ${region} --name ${secretPrefix}/hosts/HOST${key} --secret-string file://host.json`,
  );
  print(
    'Step3GetToken',
    'A mail with a link arrives; the page behind it shows your token',
    `curl ${api}/links --data-urlencode 'email=${admins[0]}'`,
  );
  print(
    'Step4AllowSomeone',
    'The first rule, with the token of Step 3 in the variable TOKEN: who may have which role on which database of which host',
    `curl -X PUT ${api}/rules -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"email":"you@${domain}","host":"HOST","db":"demo*","role":"readWrite","which":"allow"}'`,
  );
  print(
    'ForAdmins',
    'In a shell with your own AWS credentials: mgrant hosts, import and doctor then know this deployment',
    adminEnvironment({
      tableName,
      stackName: stack.stackName,
      secretPrefix,
      kmsKeyArn,
      aws: { AWS_REGION: stack.region },
    }),
  );
  // `mgrant doctor` reads these.
  print('Version', 'The release that is deployed', version);
  print('SenderIdentity', 'The identity in SES by which mail is sent', mailIdentity ?? sender);
}

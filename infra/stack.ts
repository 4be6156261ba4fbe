import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { parseDeployment } from '../shared/aws/settings';
import type { FunctionName } from '../shared/contract/route';
import { routesOf } from '../shared/contract/routes';
import { Alarms } from './alarms';
import { Api, domainOf } from './api';
import { type ApiFunctionProps, apiFunction } from './api-function';
import { CustomerKey } from './customer-key';
import { Dashboard } from './dashboard';
import { Front, frontSettingsOf } from './front';
import { HostSecrets } from './host-secrets';
import type { ScheduledJob } from './jobs';
import { Mail } from './mail';
import { Network } from './network';
import { printNextSteps } from './next-steps';
import { permit } from './permit';
import { Scheduled } from './scheduled';
import { SigningKey, type SigningKeyProps } from './signing-key';
import { Table } from './table';
import { watchService } from './watch-service';

/** All of mongogrant. The permissions of each function are in the `permissions.ts` beside it. */
export class MongograntStack extends Stack {
  constructor(scope: Construct, { settings, deployment, functionSettings }: ReturnType<typeof parseDeployment>) {
    const { stackName, retain, reservedConcurrency: reserved, mailIdentity } = deployment;
    super(scope, stackName, {
      description: 'mongogrant: expiring MongoDB logins for people who own an e-mail address',
      terminationProtection: retain,
    });
    const prefix = settings.secretPrefix;
    const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const domain = domainOf(deployment);
    const origin: Record<string, string> = domain ? { ORIGIN: `https://${domain.name}` } : {};
    const front = frontSettingsOf(deployment);
    const environment = { STACK_NAME: stackName, SETTINGS: functionSettings, ...origin };
    const mongodb = { network: Network.of(this, deployment) };
    const key = CustomerKey.of(this, deployment);

    const make = (
      name: FunctionName | OwnJob,
      more: Pick<ApiFunctionProps, 'mongodb' | 'timeout' | 'memory' | 'reserved'> = {},
    ) => apiFunction(this, name, { environment, removalPolicy, key, ...more });
    const functions = {
      'request-link': make('request-link'),
      'redeem-link': make('redeem-link'),
      'grant-credentials': make('grant-credentials', { mongodb }),
      grants: make('grants'),
      revoke: make('revoke', { mongodb }),
      rules: make('rules'),
      audit: make('audit'),
    };
    const jobs = {
      // Processor time alone limits how many logins it can end in its minute, so it has a whole processor.
      reap: make('reap', { mongodb, reserved, timeout: Duration.seconds(60), memory: 1769 }),
      remind: make('remind', { reserved, timeout: Duration.minutes(15) }),
      reconcile: make('reconcile', { mongodb, reserved, timeout: Duration.minutes(15) }),
    };
    // Thousands of grants leave little garbage, but all at once. A larger nursery saves a tenth of the reaper's time.
    jobs.reap.addEnvironment('NODE_OPTIONS', '--max-semi-space-size=64');
    schedule(this, jobs);
    const noteFeedback = make('note-feedback');
    const table = new Table(this, 'Table', { retain, key, name: deployment.tableName });
    const signing = { prefix, key };
    const resources = {
      table,
      signingKey: new SigningKey(this, 'SigningKey', {
        ...signing,
        name: 'signing-key',
        description: 'Signs fetch tokens',
      }),
      linkKey: new SigningKey(this, 'LinkKey', { ...signing, name: 'link-key', description: 'Signs mailed links' }),
      hosts: new HostSecrets(prefix, key),
      mail: new Mail(this, 'Mail', { ...settings, mailIdentity }),
    };
    // It uses neither table nor settings: the secret that it rotates holds all that it needs.
    const rotate = apiFunction(this, 'rotate-admin-password', {
      ...{ environment: {}, removalPolicy, key, mongodb },
      timeout: Duration.seconds(60),
    });
    permit({ ...functions, ...jobs, 'note-feedback': noteFeedback, 'rotate-admin-password': rotate }, resources);

    const api = new Api(this, 'Api', { routes: routesOf(settings), functions, domain, removalPolicy, key });
    const alarms = new Alarms(this, 'Alarms', { stackName, alarmEmail: deployment.alarmEmail, key });
    const watched = { functions, jobs, noteFeedback, rotate, api };
    watchService(alarms, watched);
    new Dashboard(this, 'Dashboard', { name: stackName, alarms, table, ...watched });
    // Its mails name the API; functions behind the API learn the address from each request.
    if (!domain) jobs.remind.addEnvironment('ORIGIN', api.address);
    const dnsTarget =
      front && domain
        ? new Front(this, 'Front', {
            ...{ ...front, domain, regionalName: api.regionalName ?? '' },
            keyArn: this.requireFront(Object.values(functions), signing).arn,
          }).target
        : api.regionalName;
    printNextSteps(this, { api: api.address, tableName: table.name, dnsTarget }, { settings, deployment });
  }

  /** Makes functions answer only requests that come through CloudFront. */
  private requireFront(
    functions: readonly LambdaFunction[],
    signing: Pick<SigningKeyProps, 'prefix' | 'key'>,
  ): SigningKey {
    const frontKey = new SigningKey(this, 'FrontKey', {
      ...signing,
      name: 'front-key',
      description: 'CloudFront is known by it',
      use: '"key" is sent, "older" still count',
    });
    for (const fn of functions) {
      fn.addEnvironment('FRONT', 'required');
      frontKey.read(fn);
    }
    return frontKey;
  }
}

type OwnJob = ScheduledJob | 'note-feedback';

function schedule(scope: Construct, { reap, remind, reconcile }: Record<ScheduledJob, LambdaFunction>): void {
  new Scheduled(scope, 'Reaper', { fn: reap, every: Duration.minutes(1), description: 'ends what is due' });
  // If SES takes no more or the time is up, the job goes on an hour later.
  const reminds = 'mails, once a day, whose logins end soon';
  new Scheduled(scope, 'Reminder', { fn: remind, every: Duration.hours(1), description: reminds });
  const compares = 'compares the users on each host with the grants';
  new Scheduled(scope, 'Reconciler', { fn: reconcile, every: Duration.days(1), description: compares });
}

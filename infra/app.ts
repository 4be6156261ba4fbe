import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { parseDeployment } from '../shared/aws/settings';
import { parseJsonText } from '../shared/contract/json-text';
import { MongograntStack } from './stack';

const app = new App({ analyticsReporting: false });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));

try {
  new MongograntStack(app, parseDeployment(fromContext(app.node.tryGetContext('mongogrant'))));
} catch (error) {
  // The deployer must mend a wrong setting, and one line that names it helps more than a stack trace.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** `context.mongogrant` is an object in cdk.json, and text in `cdk deploy -c mongogrant='{...}'`. */
function fromContext(value: unknown): unknown {
  if (value === undefined) throw new Error('Settings: mongogrant is missing in the context of cdk.json');
  if (typeof value !== 'string') return value;
  try {
    return parseJsonText(value);
  } catch {
    throw new Error('Settings: mongogrant is not a JSON object');
  }
}

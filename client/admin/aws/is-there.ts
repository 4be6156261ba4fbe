/** How the AWS SDK's variables call the service of an action of IAM, where that is another name. */
const services: Record<string, string> = { ses: 'SESV2', secretsmanager: 'SECRETS_MANAGER' };

/** Whether an action can be asked for: `npm start` stands in for some services of AWS, and the credentials for it open no others. */
export function isThere(action: string, env: NodeJS.ProcessEnv): boolean {
  const [service = ''] = action.split(':');
  const own = env[`AWS_ENDPOINT_URL_${services[service] ?? service.toUpperCase()}`];
  return Boolean(own || env.AWS_ENDPOINT_URL) || !isLoopback(env.AWS_ENDPOINT_URL_DYNAMODB);
}

const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|\/|$)/.test(address);

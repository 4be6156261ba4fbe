import { type Reply, standBefore } from './stand-before';

/** How a service of AWS fails: it asks for patience, in its own words, fails by itself, or gives no answer. */
export type Trouble =
  | 'ProvisionedThroughputExceededException'
  | 'ThrottlingException'
  | 'RequestLimitExceeded'
  | 'InternalServerError'
  | '503'
  | 'reset'
  | 'silence';

const statuses: Partial<Record<Trouble, number>> = { InternalServerError: 500, '503': 503 };

/** A stand-in for the way to an embedded service of AWS. `trouble` befalls what is asked from then on; `only` narrows it to some bodies. */
export async function openAwsProxy(port: number) {
  const state: { trouble?: Trouble | undefined; only?: RegExp | undefined; asked: number } = { asked: 0 };
  const proxy = await standBefore(port, async (sent, pass) => {
    const { trouble } = state;
    if (!trouble || state.only?.test(sent.body.toString()) === false) return pass(sent);
    state.asked += 1;
    if (trouble === 'reset') return 'cut';
    return trouble === 'silence' ? 'silence' : faultOf(trouble);
  });
  return { state, ...proxy };
}

function faultOf(trouble: Exclude<Trouble, 'reset' | 'silence'>): Reply {
  const type = trouble === '503' ? 'text/plain' : 'application/x-amz-json-1.0';
  const body =
    trouble === '503'
      ? 'Service Unavailable'
      : JSON.stringify({ __type: `com.amazonaws#${trouble}`, message: 'slow down' });
  return { status: statuses[trouble] ?? 400, headers: { 'content-type': type }, body: Buffer.from(body) };
}

/** What is read of a fault. It may be an error of another realm, such as those of `fetch` in a test, so that `instanceof` does not know it. */
export interface Fault {
  name: string;
  message: string;
  /** The system's word for it, such as `ENOTFOUND`. */
  code?: string | undefined;
  cause?: unknown;
  /** What several attempts came to, such as those at the addresses of one host. */
  parts: Fault[];
  /** The names in the certificate that it is about. */
  names: string[];
  /** The proxy on the way, by its host and port. */
  proxy?: string | undefined;
}

export function faultOf(thrown: unknown): Fault | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) return undefined;
  return {
    ...{ name: textIn(thrown, 'name') ?? 'Error', message: String(thrown.message) },
    ...{ code: textIn(thrown, 'code'), proxy: textIn(thrown, 'proxy') },
    cause: 'cause' in thrown ? thrown.cause : undefined,
    parts: 'errors' in thrown && Array.isArray(thrown.errors) ? thrown.errors.flatMap((one) => faultOf(one) ?? []) : [],
    names: 'cert' in thrown ? namesIn(thrown.cert) : [],
  };
}

const deepest = 10;

/** A fault and its causes, from the outside in. */
export function chainOf(thrown: unknown): Fault[] {
  const chain: Fault[] = [];
  for (let one = faultOf(thrown); one && chain.length < deepest; one = faultOf(one.cause)) chain.push(one);
  return chain;
}

function textIn(value: object, name: string): string | undefined {
  const text: unknown = Object.hasOwn(value, name) || name === 'name' ? Reflect.get(value, name) : undefined;
  return typeof text === 'string' ? text : undefined;
}

function namesIn(cert: unknown): string[] {
  if (typeof cert !== 'object' || cert === null) return [];
  return textIn(cert, 'subjectaltname')?.match(/(?<=DNS:|IP Address:)[^,\s]+/g) ?? [];
}

import type { Emulator } from './emulator';

interface Config {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** A client of AWS, led to the emulator. It is the caller's to destroy. */
export function clientOf<C>(Client: new (config: Config) => C, { url, env }: Emulator): C {
  const credentials = { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' };
  return new Client({ endpoint: url, region: env.AWS_REGION ?? '', credentials });
}

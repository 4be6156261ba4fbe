/** A fault of a request that went through a proxy. */
export class ProxyFault extends Error {
  constructor(
    /** Its host and port, without a login. */
    readonly proxy: string,
    options: ErrorOptions,
  ) {
    super(`By way of the proxy ${proxy}`, options);
    this.name = 'ProxyFault';
  }
}

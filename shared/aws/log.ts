import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs: a stable message code, and facts that hold no secret and no personal data. */
export interface Log {
  info(code: string, facts?: Record<string, unknown>): void;
  warn(code: string, facts?: Record<string, unknown>): void;
  error(code: string, facts?: Record<string, unknown>): void;
  /** From now on each line has these facts, too, in place of those of the call before: for who handles one call at a time. */
  about?(facts: Record<string, unknown>): void;
}

export function jsonLog(serviceName: string): Log {
  const logger = new Logger({ serviceName });
  return {
    info: (code, facts = {}) => logger.info(code, facts),
    warn: (code, facts = {}) => logger.warn(code, facts),
    error: (code, facts = {}) => logger.error(code, facts),
    about(facts) {
      logger.resetKeys();
      logger.appendKeys(facts);
    },
  };
}

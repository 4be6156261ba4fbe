import { Logger } from '@aws-lambda-powertools/logger';

/** Structured logs: a stable message code, and facts without secrets or personal data. */
export interface Log {
  info(code: string, facts?: Record<string, unknown>): void;
  warn(code: string, facts?: Record<string, unknown>): void;
  error(code: string, facts?: Record<string, unknown>): void;
  /** Adds these facts to every later line, in place of those of the last call. Only for processes that handle one call at a time. */
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

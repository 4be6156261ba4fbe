// The AWS SDK says in every process that it will ask for Node 22 one day; engines in package.json says what we support.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/browser/',
    '<rootDir>/test/genuine/',
    '\\.deep\\.test\\.ts$',
  ],
  transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // The driver loads `os` by an `import()` that Jest can't run; without it, it would not say who it is, and servers would refuse it.
  // The packages for proxies are ES modules only.
  transformIgnorePatterns: [
    '/node_modules/(?!(mingo/|get-east-asian-width/|https-proxy-agent/|agent-base/|proxy-agent-negotiate/|mongodb/lib/runtime_adapters\\.js$))',
  ],
  setupFilesAfterEnv: ['<rootDir>/test/support/one-process.ts'],
  testTimeout: 30_000,
  // Much of the time is spent waiting for processes and timers.
  maxWorkers: '100%',
};

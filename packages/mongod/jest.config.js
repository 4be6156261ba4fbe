/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  transform: { '^.+\\.(t|j|mj)s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  // The driver loads `os` by an `import()` that Jest can't run; without it, it would not say who it is, and servers would refuse it.
  transformIgnorePatterns: ['/node_modules/(?!(mingo/|mongodb/lib/runtime_adapters\\.js$))'],
  testTimeout: 30_000,
  // Much of the time is spent waiting for processes and timers.
  maxWorkers: '100%',
};

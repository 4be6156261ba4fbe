const base = require('../../jest.config.js');

/** The tests of the files that `stryker.json` changes: quick ones, as each change runs all of those that reach it. */
/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/test/shared'],
  testMatch: [
    ...['store/rule-keys', 'policy/policy', 'policy/scope', 'policy/losses'],
    ...['policy/handed-out', 'tokens/tokens', 'tokens/terminal-secrets'],
    ...['end-grant', 'remove-user', 'remove-user-steps', 'settle-grant'].map((name) => `grants/${name}`),
  ].map((name) => `<rootDir>/test/shared/${name}.test.ts`),
};

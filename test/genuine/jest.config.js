const { availableParallelism } = require('node:os');
const base = require('../../jest.config.js');
const { roots, selectTests } = require('./select-tests.js');

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: roots.map((folder) => `<rootDir>/${folder}`),
  testMatch: selectTests(),
  // The tests of the embedded server borrow a genuine one.
  moduleNameMapper: { '/server-under-test$': '<rootDir>/test/support/start-server.ts' },
  testPathIgnorePatterns: ['/node_modules/'],
  setupFilesAfterEnv: [...base.setupFilesAfterEnv, '<rootDir>/test/support/genuine/close-spare.ts'],
  testTimeout: 60_000,
  // Much of it waits for elections and for members that are down.
  maxWorkers: availableParallelism() + 1,
};

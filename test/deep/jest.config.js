const base = require('../../jest.config.js');

/** Thousands of interleavings, large property runs and whole processes: what a change seldom breaks, and takes long to look at. */
/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  testMatch: ['**/*.deep.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/genuine/'],
};

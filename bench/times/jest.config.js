const base = require('../../jest.config.js');

// What is to be done in time, one after the other, so that nothing of ours slows it down.
/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  roots: ['<rootDir>/bench/times'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120_000,
};

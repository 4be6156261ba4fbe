const base = require('../../jest.config.js');

/** What runs over a MongoDB server: on a genuine one it must pass as well as on the embedded one. */
const overMongoDb = [
  'test/genuine/**',
  'test/local/mongod/**',
  'test/journeys/**',
  'test/functions/**',
  'test/client/**',
  'test/shared/**',
];

/** @type {import('jest').Config} */
module.exports = {
  ...base,
  rootDir: '../..',
  testMatch: overMongoDb.map((place) => `<rootDir>/${place}/*.test.ts`),
  testPathIgnorePatterns: ['/node_modules/'],
  setupFilesAfterEnv: ['<rootDir>/test/support/genuine/close-spare.ts'],
  testTimeout: 60_000,
};

import path from 'node:path';
import { Runtime } from 'aws-cdk-lib/aws-lambda';
import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

export const root = path.join(__dirname, '..');
export const runtime = Runtime.NODEJS_24_X;

export const entryOf = (name: string): string => path.join(root, 'functions', name, 'index.ts');

const own = (name: string): string => path.join(__dirname, `${name}.ts`);

/** Bundles replace these packages with files of ours: a function never uses what they do, or has it already. */
export const aliases = {
  '@aws-sdk/credential-provider-node': own('lambda-credentials'),
  '@smithy/core/event-streams': own('no-event-streams'),
  semver: own('new-node'),
  'whatwg-url': own('native-url'),
};

/**
 * Short names would make a bundle a third smaller. But esbuild then wraps each CommonJS module into an arrow function, in which V8 reads
 * inner functions once more: the driver takes 8 ms longer to load. And frames in logs keep their names.
 */
export const minified = { minifyWhitespace: true, minifySyntax: true };

export const bundling = {
  // Includes the AWS clients: the runtime's copy changes without notice, and a third of an unbundled client is never called.
  bundleAwsSDK: true,
  format: OutputFormat.ESM,
  mainFields: ['module', 'main'],
  esbuildArgs: {
    '--minify-whitespace': minified.minifyWhitespace,
    '--minify-syntax': minified.minifySyntax,
    ...Object.fromEntries(Object.entries(aliases).map(([name, file]) => [`--alias:${name}`, file])),
  },
  // CommonJS packages (mongodb, jsonwebtoken) call `require`, which an ES module does not have.
  banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
} satisfies BundlingOptions;

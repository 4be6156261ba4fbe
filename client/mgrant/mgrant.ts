#!/usr/bin/env node
import { processIo } from './process-io';
import { run } from './program';

// A reader that stops early, such as `head`, is no failure.
process.stdout.on('error', (fault: NodeJS.ErrnoException) => process.exit(fault.code === 'EPIPE' ? 0 : 1));
// Nor is a terminal that is closed: what was begun is still to be finished.
process.stderr.on('error', () => {});

// Not process.exit: all output must reach its reader first.
run(process.argv.slice(2), processIo()).then((status) => {
  process.exitCode = status;
});

import { buildClient } from './build-client';

// Run by `npm run build:client`.
await buildClient('client/dist');

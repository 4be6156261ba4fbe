import { writeFileSync } from 'node:fs';
import { documentText } from './document-text';

// Run by `npm run openapi`; a test says when it is needed.
writeFileSync('docs/openapi.yaml', documentText());

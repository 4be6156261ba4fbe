import { writeFileSync } from 'node:fs';
import { rulesJsonSchema } from './json-schema';

// Run by `npm run schema`; a test says when it is needed.
writeFileSync('docs/rules.schema.json', `${JSON.stringify(rulesJsonSchema(), null, 2)}\n`);

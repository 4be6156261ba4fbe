import { stringify } from 'yaml';
import { openApiDocument } from './document';

/** The file docs/openapi.yaml. */
export const documentText = (): string =>
  `# Made by "npm run openapi" from shared/ and openapi/: change the routes, inputs, replies or words there.\n${stringify(
    openApiDocument(),
    // Older YAML readers take an unquoted time for a date.
    { lineWidth: 120, aliasDuplicateObjects: false, blockQuote: 'literal', schema: 'yaml-1.1' },
  )}`;

import * as v from 'valibot';
import { field, text } from './field';

// How something is asked for: pages, dry runs, and the secrets of a login from a terminal.

/** Where a page of a list begins: a sealed position from the page before. */
export const cursor = field(v.pipe(text(2000), v.regex(/^[A-Za-z0-9_-]+$/, 'must be the cursor of the page before')), {
  name: 'Cursor',
  description:
    'Where the page begins: the cursor of the answer before. It is good for you only, and with the same other fields.',
  examples: ['q83vEjRWeJq83v'],
});

/** Yes or no in a query. */
export const yes = field(
  v.pipe(
    v.picklist(['true', 'false'], 'must be true or false'),
    v.transform((value) => value === 'true'),
  ),
  { name: 'TrueOrFalse', description: 'true or false.', examples: ['true'] },
);

/** Yes or no in a body: a boolean in JSON, a text in a form. */
export const terminal = field(
  v.pipe(
    v.union([v.boolean(), v.picklist(['true', 'false'])], 'must be true or false'),
    v.transform((value) => value === true || value === 'true'),
  ),
  {
    name: 'Terminal',
    description: 'Whether a terminal asks, which wants to fetch the token itself.',
    examples: [true],
    anyOf: [{ type: 'boolean' }, { enum: ['true', 'false'] }],
  },
);

/** The code of a terminal login, as somebody types it. */
export const code = field(text(64), {
  name: 'Code',
  description: 'The code that a terminal shows. Case, spaces and dashes make no difference.',
  examples: ['WDJB-MJHT'],
});

/** The secret with which a terminal asks for its token. This checks its characters only. */
export const poll = field(v.pipe(text(600), v.regex(/^[\w.-]*$/, 'must be the poll that came with the link')), {
  name: 'Poll',
  description: 'The secret that the terminal got from `POST /links`.',
  examples: ['eW91QGxhYi5vcmc.bP3kTq9ZxW2mVd7a.tk4q8s.9hQ2zXw7vLrT1nBcK5mD8pYs3fGj6aEu.Qm7xVb2KtR9wZc4LpN8dHs'],
});

import * as v from 'valibot';
import { poll } from '../fields/asked';
import type { Route, RouteWords } from '../route';
import { brokenLink } from './show-link';

export const pollLoginRoute = {
  method: 'POST',
  path: '/links/poll',
  function: 'redeem-link',
  open: true,
  body: v.strictObject({ poll }),
  answers: { 200: ['token'], 202: ['pending'] },
  refuses: [...brokenLink],
} as const satisfies Route;

export const pollLoginWords: RouteWords = {
  id: 'pollLogin',
  tag: 'Links',
  summary: 'Fetch the token of a terminal login',
  description:
    'For terminals: asks, with the secret from `POST /links`, whether the code was typed. Answers 202 until then, for as long as the link lives, and for unknown addresses as well; then the token, exactly once. Wait `interval` seconds between two polls.',
  bodyName: 'PollInput',
  example: { poll: 'eW91QGxhYi5vcmc.bP3kTq9ZxW2mVd7a.tk4q8s.9hQ2zXw7vLrT1nBcK5mD8pYs3fGj6aEu.Qm7xVb2KtR9wZc4LpN8dHs' },
};

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hintFor, serviceHints } from '../../../client/mgrant/hints';
import {
  ApiError,
  type ErrorCode,
  HostRefused,
  HostUnreachable,
  hostProblem,
  SecretUnusable,
  type Silence,
} from '../../../shared/contract/errors';
import { runMgrant } from '../../support/run-mgrant';

/** The codes without a hint: their details say what to do. A new code does not compile until it is here, or has a hint. */
const toldByDetail: Record<
  Exclude<ErrorCode, keyof typeof serviceHints>,
  'in each detail' | 'by the field' | 'page'
> = {
  invalid_request: 'by the field',
  // Typed into a page, never into a terminal.
  code_wrong: 'page',
  ticket_unknown: 'page',
  ticket_expired: 'page',
  grant_busy: 'in each detail',
  unsupported_media_type: 'in each detail',
  too_many_requests: 'in each detail',
  internal: 'in each detail',
  host_refused: 'in each detail',
  host_unreachable: 'in each detail',
  service_busy: 'in each detail',
};
const nextStep = /\b(ask again|try again|tell an admin|tell your admin|send)\b/i;

/** Every detail that the service's sources write down beside its code. */
async function writtenDetails(): Promise<{ code: string; detail: string }[]> {
  const names = await Promise.all(['functions', 'shared'].map((folder) => readdir(folder, { recursive: true })));
  const files = names.flatMap((inside, n) => inside.map((name) => join(n === 0 ? 'functions' : 'shared', name)));
  const texts = await Promise.all(files.filter((name) => name.endsWith('.ts')).map((name) => readFile(name, 'utf8')));
  const written = /new ApiError\(\s*'(\w+)',\s*(['"`])(.+?)\2[,)\s]/g;
  return texts.flatMap((text) => [...text.matchAll(written)].map(([, code = '', , detail = '']) => ({ code, detail })));
}

test('whatever code the service answers with, its detail or a hint says what to do next', async () => {
  const details = (await writtenDetails()).filter(({ code }) => Object.hasOwn(toldByDetail, code));
  const ownSay = Object.entries(toldByDetail).flatMap(([code, where]) => (where === 'in each detail' ? [code] : []));
  expect([...new Set(details.map(({ code }) => code))]).toEqual(expect.arrayContaining(ownSay));
  expect(details.filter(({ code, detail }) => ownSay.includes(code) && !nextStep.test(detail))).toEqual([]);
});

test('whatever a host does, its detail says what to do next', () => {
  const silences: Silence[] = ['silent', 'time_up', 'changing', 'majority_lost'];
  const lasting: Silence[] = ['login_refused', 'address_unusable', 'not_found', 'not_trusted'];
  const faults = [
    ...[...silences, ...lasting].map((why) => new HostUnreachable('h', true, { why })),
    new HostRefused('h'),
    new SecretUnusable('The secret lacks a password', 'h'),
  ];
  for (const problem of faults.map(hostProblem)) {
    expect(problem).toBeInstanceOf(ApiError);
    expect(problem).toHaveProperty('message', expect.stringMatching(nextStep));
  }
});

test('every command that a hint names is there', async () => {
  const lines = Object.values(serviceHints).flatMap((hint) => [...hint.matchAll(/mgrant [a-z]+(?: [a-z]+\b)*/g)]);
  expect(lines.length).toBeGreaterThan(10);
  for (const command of new Set(lines.map(([words]) => words))) {
    // A login's hint goes on with an address.
    const words = command.replace(/ you$/, '');
    expect((await runMgrant([...words.split(' ').slice(1), '--help'])).out).toContain(`Usage: ${words} `);
  }
});

test('a hint is for the one who refused: the client says of a missing token by itself where to log in', () => {
  expect(hintFor({ code: 'token_missing', status: 401 })).toContain('mgrant login');
  expect(hintFor({ code: 'token_missing' })).toBeUndefined();
  expect(hintFor({ code: 'endpoint_insecure' })).toContain('--allow-http');
  expect(hintFor({ code: 'constructor', status: 500 })).toBeUndefined();
  expect(hintFor({ code: 'answer_unknown', status: 302, reason: 'redirected' })).toContain('--endpoint');
  expect(hintFor({ code: 'answer_unknown', status: 200, reason: 'constructor' })).toBeUndefined();
  expect(hintFor({ code: 'no_answer' })).toContain('MGRANT_DEBUG=1');
});

import { execFileSync, spawnSync } from 'node:child_process';
import { loginOf } from '../../../client/mgrant/formats/login';
import { python } from '../../../client/mgrant/formats/python';

const login = loginOf({
  host: 'mongodb03.lab.org:27018',
  db: 'fw',
  role: 'readWrite',
  username: 'ada',
  password: 's3cret',
});

test('python: lines that name the login and hold no password', () => {
  const lines = python(login, ['--label', 'note"book']);
  expect(lines).not.toMatch(/s3cret|mongodb:\/\//);
  const command = ['mgrant', 'db', 'mongodb03.lab.org:27018', 'fw', '--role', 'readWrite', '--label', 'note"book'];
  // Where Python is, it says itself what it reads.
  const program = process.env.PYTHON ?? 'python3';
  if (spawnSync(program, ['--version']).status !== 0)
    return console.warn('Python is missing: its reader was not asked.');
  const check =
    'import ast, json, sys; print(json.dumps([[w.value for w in n.elts] for n in ast.walk(ast.parse(sys.stdin.read())) if isinstance(n, ast.List)]))';
  const found = execFileSync(program, ['-c', check], { input: lines, encoding: 'utf8' });
  expect(JSON.parse(found)).toEqual([[...command, '--format', 'uri']]);
});

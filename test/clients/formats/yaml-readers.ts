import { deepStrictEqual } from 'node:assert/strict';
import * as v from 'valibot';
import { parse } from 'yaml';
import { formatLogin } from '../../../client/mgrant/formats/format-login';
import { loginOf } from '../../../client/mgrant/formats/login';
import { runPython } from './programs';
import type { Proofs } from './proof';

/** Readers of YAML 1.1 take most of these for something else, unless they have quotes. */
const words =
  'no on y N off yes True 2026_11 0b11 1_000 2026-11-28 ~ null NULL 0x1 0o7 017 1e3 1.5 .inf .nan 12:30:45 190:20:30 = << - ? a#b'.split(
    ' ',
  );
const formats = ['fireworks', 'jobflow', 'k8s'];

const loginsOf = (word: string) => {
  const credential = { host: 'h.lab.org', db: word, role: 'read', username: word, password: word, label: word };
  return [
    loginOf({ ...credential, uri: 'mongodb://h.lab.org/x?authSource=admin' }),
    loginOf({ ...credential, uri: 'mongodb://a.lab.org,b.lab.org/x?replicaSet=rs0&authSource=admin', ca: 'a\nb\n' }),
  ];
};

/** Every format that is YAML says the same to every reader, and names are the texts that they are. */
export const yamlReaders: Proofs = () =>
  formats.map((format) => ({
    program: 'yaml',
    fact: `PyYAML and ruamel.yaml, as 1.1 and as 1.2, read ${format} alike`,
    async show() {
      const texts = words.flatMap((word) => loginsOf(word).map((login) => formatLogin[format]?.(login) ?? ''));
      const input = JSON.stringify(texts);
      const found = v.parse(v.record(v.string(), v.unknown()), await runPython('read_yaml.py', [], { input }));
      const expected = texts.map((text) => parse(text));
      deepStrictEqual(Object.keys(found), ['PyYAML', 'ruamel.yaml 1.1', 'ruamel.yaml 1.2']);
      for (const list of Object.values(found)) deepStrictEqual(list, expected);
      for (const [n, word] of words.entries())
        deepStrictEqual(JSON.stringify(expected[2 * n]).includes(JSON.stringify(word)), true, word);
    },
  }));

import { applyRules } from '../../client/rules-file/apply-rules';
import { nameOfKey } from '../../client/rules-file/expand-rules';
import { planRules } from '../../client/rules-file/plan-rules';
import type { Api } from '../../client/sdk/api/ask-api';
import { ruleAnswer } from '../../shared/http/answers';
import { manyRules } from '../../test/support/many-rules';
import { openStage, type Stage } from '../../test/support/stage';
import { apiOf, fileOf } from '../../test/support/stage-api';

let stage: Stage;
let api: Api;
beforeAll(async () => {
  stage = await openStage();
  api = apiOf(stage, await stage.tokenFor('admin@example.com'));
});
afterAll(() => stage.close());

const sleep = () => Promise.reject(new Error('nothing to wait for'));
const text = manyRules();
const plan = (written = text) => planRules(fileOf(written, stage.clock.now), { api, sleep }, stage.clock.now);

async function timed<T>(most: number, what: string, act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(`${what}: ${seconds.toFixed(2)} s\n`);
  expect(seconds).toBeLessThan(most);
  return result;
}
/** Seconds. The service and its table run in this process and take nearly all the time. Other work on the machine adds to it. */
const [soon, busy] = [20, 100];

async function listed(): Promise<{ rules: string[]; rulers: string[] }> {
  const all: Record<string, string[]> = { rules: [], rulers: [] };
  for (const kind of ['rules', 'rulers']) {
    let query: Record<string, string> | undefined = {};
    while (query) {
      const { json } = await stage.ask('GET', `/${kind}?${new URLSearchParams(query)}`, { token });
      all[kind]?.push(...json[kind].map((one: { version: number }) => JSON.stringify({ ...one, version: undefined })));
      query = json.cursor && { cursor: json.cursor };
    }
  }
  return { rules: (all.rules ?? []).sort(), rulers: (all.rulers ?? []).sort() };
}
let token: string;
beforeAll(async () => {
  stage.clock.now = new Date(stage.clock.now.getTime() + 61_000);
  token = await stage.tokenFor('admin@example.com');
});

test('a file with 1,000 rules is planned and applied in seconds, and applying it again changes nothing', async () => {
  const file = fileOf(text, stage.clock.now);
  expect([file.rules?.length, file.rulers?.length]).toEqual([1000, 10]);
  const made = await timed(soon, 'plan of 1,000 new rules', () => plan());
  expect(made.changes).toHaveLength(1010);
  const instant: Api = async () => ({ status: 200, json: {} });
  await timed(1, "the client's own part of an apply", () => applyRules(made, { api: instant, sleep }));
  const sent: string[] = [];
  const counting: Api = ({ method, path }, input) => {
    sent.push(method);
    return api({ method, path }, input);
  };
  const applied = await timed(busy, 'apply of 1,000 new rules', () => applyRules(made, { api: counting, sleep }));
  expect(sent).toEqual(Array(1010).fill('PUT'));
  expect([applied.complete, applied.failures]).toEqual([true, []]);
  const wanted = {
    rules: (file.rules ?? []).map((rule) => JSON.stringify(ruleAnswer(rule))).sort(),
    rulers: (file.rulers ?? [])
      .map(({ email, hosts, dbs, emails, which }) => JSON.stringify({ email, hosts, dbs, emails, which }))
      .sort(),
  };
  expect(await listed()).toEqual(wanted);
  const again = await timed(soon, 'plan of 1,000 unchanged rules', () => plan());
  expect([again.changes, again.same.rules.length, again.same.rulers.length]).toEqual([[], 1000, 10]);
}, 180_000);

test('an edit of 50 changed, 50 removed and 50 added rules is exactly that', async () => {
  const lines = text.split('\n');
  const singles = lines.filter((line) => /db: "p\d+_\*"/.test(line));
  const [changed, removed] = [singles.slice(0, 50), singles.slice(50, 100)];
  const edited = lines
    .flatMap((line) => {
      if (removed.includes(line)) return [];
      if (changed.includes(line))
        return [line.replace('readWrite, which', 'readWrite, maxTtl: 3 d, which').replace(', maxTtl: 7 d}', '}')];
      return [line];
    })
    .join('\n')
    .replace(
      'rules:\n',
      `rules:\n${singles
        .slice(0, 50)
        .map((line) => line.replace('db: "p', 'db: "q'))
        .join('\n')}\n`,
    );
  const before = fileOf(text, stage.clock.now).rules ?? [];
  const after = fileOf(edited, stage.clock.now).rules ?? [];
  const made = await timed(soon, 'plan of 150 changes', () => plan(edited));
  const names = (act: string) =>
    made.changes.flatMap((change) =>
      change.act === act && change.of === 'rule' ? [nameOfKey(change.before ?? change.after)] : [],
    );
  const [old, young] = [new Set(before.map(nameOfKey)), new Set(after.map(nameOfKey))];
  expect(names('set').sort()).toEqual([...young].filter((name) => !old.has(name)).sort());
  expect(names('remove').sort()).toEqual([...old].filter((name) => !young.has(name)).sort());
  expect(['set', 'change', 'remove'].map((act) => names(act).length)).toEqual([50, 50, 50]);
  expect(made.changes).toHaveLength(150);
  const applied = await timed(busy, 'apply of 150 changes', () => applyRules(made, { api, sleep }));
  expect(applied.complete).toBe(true);
  expect((await listed()).rules).toEqual(after.map((rule) => JSON.stringify(ruleAnswer(rule))).sort());
  expect((await plan(edited)).changes).toEqual([]);
}, 60_000);

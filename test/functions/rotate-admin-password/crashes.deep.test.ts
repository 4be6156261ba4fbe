import { type Kind, labels, newToken, openRotations, type Rotations, steps } from '../../support/rotation';

// Some two hundred rotations, on a machine that may be busy.
jest.setTimeout(120_000);

let stage: Rotations;
beforeAll(async () => {
  stage = await openRotations();
});
afterAll(() => stage.close());

const kinds: Kind[] = ['one user', 'a pair'];
const sides = ['before', 'after'] as const;
/** What opens the server when a function reads the secret in the usual way, and when it looks again after a refusal. */
const opening = async (name: string) => {
  const open = await Promise.all(labels.map((label) => stage.opens(name, label)));
  return labels.filter((_, at) => open[at]);
};
const run = async (name: string, token: string) => {
  for (const step of steps) await stage.step(name, token, step);
};
/** Runs all steps, and ends at one outside call; false if there are not so many. */
async function runUntil(name: string, token: string, side: (typeof sides)[number], at: number): Promise<boolean> {
  let crashed = false;
  const from = stage.outside.calls.length;
  stage.outside[side] = (_, index) => {
    if (index - from !== at) return;
    crashed = true;
    throw new Error('crash');
  };
  await run(name, token).catch(() => {});
  stage.outside[side] = undefined;
  return crashed;
}

/** Which labels may be needed: those of a pair never leave the one in use. */
const known = (kind: Kind) => (kind === 'a pair' ? ['AWSCURRENT'] : ['AWSCURRENT', 'mongogrant-set']);

describe.each(kinds)('%s', (kind) => {
  test.each([...sides])(
    'a crash %s any call, then the same rotation again, ends with a working password',
    async (side) => {
      let at = 1;
      for (; ; at++) {
        const name = await stage.host(kind);
        const token = newToken();
        await stage.begin(name, token);
        const crashed = await runUntil(name, token, side, at);
        expect([at, (await opening(name)).some((label) => known(kind).includes(label))]).toEqual([at, true]);
        const left = await stage.fieldsOf(name, 'AWSPENDING');
        await run(name, token);
        expect([at, await stage.opens(name, 'AWSCURRENT')]).toEqual([at, true]);
        const { password } = { password: '', ...(await stage.fieldsOf(name, 'AWSCURRENT')) };
        if (left) expect(password).toBe(left.password);
        expect(password).toMatch(/^[A-Za-z0-9]{32}$/);
        if (!crashed) break;
      }
      expect(at).toBeGreaterThan(15);
    },
  );

  test.each([...sides])(
    'a crash %s any call, given up, then another rotation, ends with a working password',
    async (side) => {
      let at = 1;
      for (; ; at++) {
        const name = await stage.host(kind);
        const token = newToken();
        await stage.begin(name, token);
        const crashed = await runUntil(name, token, side, at);
        if (!crashed) break;
        const { stages } = await stage.versions.describe(stage.id(name));
        if (!stages[token]?.includes('AWSCURRENT')) await stage.giveUp(name, token);
        const next = newToken();
        await stage.begin(name, next);
        for (const step of steps) {
          expect([at, (await opening(name)).some((label) => known(kind).includes(label))]).toEqual([at, true]);
          await stage.step(name, next, step);
        }
        expect([at, await stage.opens(name, 'AWSCURRENT')]).toEqual([at, true]);
        expect((await stage.versions.describe(stage.id(name))).stages[next]).toContain('AWSCURRENT');
      }
      expect(at).toBeGreaterThan(15);
    },
  );
});

test('two crashes in a row, each given up, still end with a working password', async () => {
  // The first once its password was sent, and once more later; the second anywhere.
  for (const first of [12, 16]) {
    for (let second = 3; second <= 16; second++) {
      const name = await stage.host('one user');
      for (const [at, side] of [
        [first, 'after'],
        [second, 'before'],
      ] as const) {
        const token = newToken();
        await stage.begin(name, token);
        await runUntil(name, token, side, at);
        const { stages } = await stage.versions.describe(stage.id(name));
        if (!stages[token]?.includes('AWSCURRENT')) await stage.giveUp(name, token);
      }
      const last = newToken();
      await stage.begin(name, last);
      await run(name, last);
      expect([first, second, await stage.opens(name, 'AWSCURRENT')]).toEqual([first, second, true]);
    }
  }
});

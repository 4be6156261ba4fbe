import { type Reaped, reap } from '../../functions/reap/reap';
import { allItems, openStage, type Stage } from './stage';

/** A stage anew for each test, with a member who may use everything, and one run of the reaper at a time. */
export function useReaperStage() {
  let stage: Stage | undefined;
  let admin = '';
  let you = '';
  const on = {
    get stage(): Stage {
      if (stage === undefined) throw new Error('the stage is open in tests only');
      return stage;
    },
    get admin() {
      return admin;
    },
    get you() {
      return you;
    },
    allow: (change: Record<string, unknown>) =>
      on.stage.ask('PUT', '/rules', {
        token: admin,
        body: { host: '*', db: '*', role: 'readWrite', which: 'allow', ...change },
      }),
    async grant(db: string, more: Record<string, unknown> = {}, token = you) {
      const body = { host: on.stage.host, db, role: 'readWrite', ttl: '1 h', ...more };
      const { status, json } = await on.stage.ask('POST', '/grants', { token, body });
      expect(status).toBe(201);
      return json;
    },
    run(msLeft = 45_000): Promise<Reaped> {
      const clock = () => on.stage.clock.now.getTime();
      return reap({ ...on.stage.deps, clock }, { requestId: 'reap', ip: 'reap' }, clock() + msLeft);
    },
    rows: async () => (await allItems()).filter(({ pk }) => /^grants#/.test(String(pk))),
    row: async (db: string) => (await on.rows()).find((item) => item.db === db),
    events: async (act: string) =>
      (await allItems()).filter((item) => String(item.pk).startsWith('audit#2') && item.act === act),
    async loginOf(db: string, { username, password }: { username?: string; password?: string }) {
      try {
        await on.stage.login(String(username), String(password), db);
        return 'works';
      } catch (error) {
        return (error as { code?: number }).code;
      }
    },
  };

  beforeEach(async () => {
    stage = await openStage({ linkCooldown: '0 s', tokenTtl: '300 d', linksPerDay: 100 });
    admin = await stage.tokenFor('admin@example.com');
    await on.allow({ email: 'you@example.com' });
    you = await stage.tokenFor('you@example.com');
  });
  afterEach(() => on.stage.close());
  return on;
}

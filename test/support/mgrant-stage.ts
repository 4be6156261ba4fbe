import { runMgrant, type World } from './run-mgrant';
import { openStage, type Stage } from './stage';
import { endpoint, stageFetch } from './stage-fetch';
import { temporaryFolder } from './temporary-folder';

/** `mgrant` of several people, each with a settings file, over the real handlers: for each test a stage of its own. */
export function mgrantStage() {
  const folder = temporaryFolder();
  let stage: Stage;

  beforeEach(async () => {
    stage = await openStage();
  });
  afterEach(() => stage.close());

  /** `mgrant` of one person. */
  const as =
    (who: string) =>
    (line: string | string[], world: World = {}) => {
      const { fetch } = stageFetch(stage);
      const args = typeof line === 'string' ? line.split(' ') : line;
      return runMgrant(args, { fetch, now: () => stage.clock.now, settings: folder.path(`${who}.json`), ...world });
    };

  async function loggedIn(who: string, email: string) {
    const mgrant = as(who);
    const token = await stage.tokenFor(email);
    const { status, err } = await mgrant(`settoken --endpoint ${endpoint}`, { readInput: async () => `${token}\n` });
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return mgrant;
  }

  /** An admin, who lets `you@example.com` readWrite `demo*`. */
  async function admin() {
    const mgrant = await loggedIn('admin', 'admin@example.com');
    const { status, out } = await mgrant(`allow you@example.com rw:${stage.host}/demo*`);
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining('Set: allow you@example.com') });
    return mgrant;
  }

  return {
    ...{ as, loggedIn, admin, folder },
    get stage() {
      return stage;
    },
  };
}

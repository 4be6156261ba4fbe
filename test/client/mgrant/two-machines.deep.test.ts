import { readFileSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import { mgrantStage } from '../../support/mgrant-stage';
import { later } from '../../support/stage';

const on = mgrantStage();
const page = 'docs/two-machines.md';

/** Plays the film: what is typed on each machine, and what its terminal shows. */
async function play(): Promise<string> {
  await on.admin();
  const film: string[] = [];
  const home = (who: string) => async (line: string) => {
    const args = [...line.matchAll(/''|\S+/g)].map(([word]) => (word === "''" ? '' : word));
    const { out, err } = await on.as(who)(args, { env: { CI: '' } });
    return `${err}${out}`;
  };
  const machine = (who: string) => {
    const mgrant = home(who);
    return {
      type: async (line: string) => film.push(`${who}$ mgrant ${line}\n${await mgrant(line)}`),
      addressOf: async (line: string) => (await mgrant(`${line} --format uri`)).trim().split('\n').at(-1) ?? '',
      tries: async (uri: string) => film.push(`# ${who}: MongoDB ${await answerTo(uri)} this login.\n`),
    };
  };
  for (const who of ['desk', 'laptop']) await on.loggedIn(who, 'you@example.com');
  const [desk, laptop] = [machine('desk'), machine('laptop')];
  const db = `db ${on.stage.host} demo --role rw`;

  await desk.type(db);
  later(on.stage, 60);
  await laptop.type(db);
  const [first, second] = [await desk.addressOf(db), await laptop.addressOf(db)];
  const label = /_readWrite_([^:]+):/.exec(second)?.[1];
  await laptop.type(`revoke ${on.stage.host} demo --label ${label}`);
  await laptop.tries(second);
  await desk.tries(first);

  film.push('# The same without labels.\n');
  later(on.stage, 60);
  const bare = `${db} --label ''`;
  await desk.type(bare);
  const ofDesk = await desk.addressOf(bare);
  later(on.stage, 3600);
  await laptop.type(bare);
  const ofLaptop = await laptop.addressOf(bare);
  await desk.tries(ofDesk);
  later(on.stage, 60);
  await desk.type(bare);
  await laptop.tries(ofLaptop);
  return film.join('\n');
}

async function answerTo(uri: string): Promise<'takes' | 'refuses'> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 5000 });
  try {
    await client.db().command({ find: 'notes', limit: 1 });
    return 'takes';
  } catch {
    return 'refuses';
  } finally {
    await client.close();
  }
}

/** Names that are the same in each film. */
function named(film: string): string {
  const labels = [...new Set(film.match(/(?<=_readWrite_)[A-Za-z0-9.-]+-[a-z0-9]{4}/g))];
  const told = labels.reduce(
    (text, label, index) => text.replaceAll(label, ['desk-k3f9', 'laptop-x7qd'][index] ?? label),
    film,
  );
  return told.replaceAll(on.stage.host, 'mongodb03.lab.org').replaceAll(on.folder.path('.'), '/home/you');
}

test('two machines of one person, with labels and without: the page shows what each is told', async () => {
  const film = named(await play());
  expect(readFileSync(page, 'utf8')).toContain(`\`\`\`text\n${film}\`\`\`\n`);
});

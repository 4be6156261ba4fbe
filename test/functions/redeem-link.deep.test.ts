import { answered } from '../support/answered';
import { mailedLink, openStage, type Stage } from '../support/stage';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ linkCooldown: '0 s', linksPerDay: 1000 });
});
afterAll(() => stage.close());

test('a link works once: 200 requests at the same time get exactly one token', async () => {
  const link = await mailedLink(stage);
  const answers = await Promise.all(Array.from({ length: 200 }, () => stage.ask('POST', link)));
  const came = answered(answers, stage);
  expect(came.filter((one) => one === '200 token')).toHaveLength(1);
  expect(new Set(came)).toEqual(new Set(['200 token', '410 link_used']));
});

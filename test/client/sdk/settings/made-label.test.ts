import { madeLabel } from '../../../../client/sdk/settings/made-label';
import { isLabel } from '../../../../shared/contract/names';

test.each([
  ['laptop', /^laptop-[a-z0-9]{4}$/],
  ['Node07.cluster.lab.org', /^node07-[a-z0-9]{4}$/],
  ["Ada's MacBook", /^ada-s-macbook-[a-z0-9]{4}$/],
  ['größe', /^gr-e-[a-z0-9]{4}$/],
  ['実験室', /^home-[a-z0-9]{4}$/],
  ['', /^home-[a-z0-9]{4}$/],
  [`ip-10-0-0-1-${'x'.repeat(60)}`, /^ip-10-0-0-1-x{15}-[a-z0-9]{4}$/],
  [`${'x'.repeat(26)}-yyy`, /^x{26}-[a-z0-9]{4}$/],
])('the machine %j is known again in its label', (machine, form) => {
  const label = madeLabel(machine);
  expect(label).toMatch(form);
  expect(isLabel(label)).toBe(true);
});

test('two machines of one name differ', () => {
  expect(new Set(Array.from({ length: 20 }, () => madeLabel('laptop'))).size).toBeGreaterThan(15);
});

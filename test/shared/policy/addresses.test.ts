import { addressesCover } from '../../../shared/policy/addresses';

test.each<[string[], string[], boolean]>([
  [[], [], true],
  [[], ['10.0.0.1'], true],
  [['10.0.0.0/8'], [], false],
  [['10.0.0.0/8'], ['10.0.0.0/8'], true],
  [['10.0.0.0/8'], ['10.1.0.0/16', '10.2.3.4'], true],
  [['10.0.0.0/8'], ['10.1.0.0/16', '11.0.0.1'], false],
  [['10.1.0.0/16'], ['10.0.0.0/8'], false],
  [['10.0.0.0/8', '192.0.2.7'], ['192.0.2.7'], true],
  [['192.0.2.7'], ['192.0.2.7/32'], true],
  [['192.0.2.7/31'], ['192.0.2.6'], true],
  [['0.0.0.0/0'], ['203.0.113.9'], true],
  [['0.0.0.0/0'], ['2001:db8::1'], false],
  [['2001:db8::/32'], ['2001:db8:1::/48', '2001:db8::1'], true],
  [['2001:db8::/32'], ['2001:db9::1'], false],
  [['::/0'], ['10.0.0.1'], false],
])('of %j and %j the first holds all of the second: %s', (outer, inner, yes) => {
  expect(addressesCover(outer, inner)).toBe(yes);
});

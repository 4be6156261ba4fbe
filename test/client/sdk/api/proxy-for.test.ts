import { type Environment, namesProxy, proxyFor } from '../../../../client/sdk/api/proxy-for';

const proxy = 'http://proxy.lab.org:3128';
const goes = (url: string, env: Environment): string | undefined => proxyFor(new URL(url), env)?.href;

test('each variable is for its own scheme, in either case, and small letters go first', () => {
  expect(goes('https://api.lab.org', { HTTPS_PROXY: proxy })).toBe(`${proxy}/`);
  expect(goes('https://api.lab.org', { https_proxy: proxy, HTTPS_PROXY: 'http://other:1' })).toBe(`${proxy}/`);
  expect(goes('https://api.lab.org', { https_proxy: '', HTTPS_PROXY: proxy })).toBe(`${proxy}/`);
  expect(goes('https://api.lab.org', { HTTP_PROXY: proxy, ALL_PROXY: proxy })).toBeUndefined();
  expect(goes('http://api.lab.org', { HTTP_PROXY: proxy })).toBe(`${proxy}/`);
  expect(goes('https://api.lab.org', { HTTPS_PROXY: 'proxy.lab.org:3128' })).toBe(`${proxy}/`);
  expect([{}, { NO_PROXY: '*' }, { https_proxy: '' }, { HTTP_PROXY: proxy }].map(namesProxy)).toEqual([
    ...[false, false, false, true],
  ]);
});

test.each(['localhost:3000', 'api.localhost', '127.0.0.1:3000', '127.8.9.1', '127.1', '[::1]:3000', 'LOCALHOST'])(
  'this machine is never asked through a proxy: %s',
  (host) => {
    for (const scheme of ['http', 'https'])
      expect(goes(`${scheme}://${host}/me`, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy })).toBeUndefined();
  },
);

test.each([
  ['*', 'api.lab.org', false],
  ['lab.org', 'lab.org', false],
  ['lab.org', 'api.lab.org', false],
  ['.lab.org', 'api.lab.org', false],
  ['*.lab.org', 'api.lab.org', false],
  ['LAB.ORG', 'api.lab.org.', false],
  ['lab.org', 'mylab.org', true],
  ['api.lab.org', 'lab.org', true],
  ['other.org, lab.org', 'api.lab.org', false],
  ['other.org  lab.org', 'api.lab.org', false],
  ['lab.org:8443', 'api.lab.org:8443', false],
  ['lab.org:443', 'api.lab.org', false],
  ['lab.org:8443', 'api.lab.org', true],
  ['10.0.0.0/8', '10.1.2.3', false],
  ['10.0.0.0/8', '11.1.2.3', true],
  ['10.0.0.0/8', 'api.lab.org', true],
  ['10.0.0.0/99', '10.1.2.3', true],
  ['10.1.2.3', '10.1.2.3', false],
  ['2.3', '10.1.2.3', true],
  ['2001:db8::/32', '[2001:db8::1]', false],
  ['2001:db8::1', '[2001:db8::1]', false],
  ['[2001:db8::1]:443', '[2001:db8::1]', false],
  ['[2001:db8::1]:80', '[2001:db8::1]', true],
  [',,', 'api.lab.org', true],
  ['a*b', 'api.lab.org', true],
])('NO_PROXY=%s and %s: through the proxy is %s', (exempt, host, through) => {
  expect(goes(`https://${host}/me`, { HTTPS_PROXY: proxy, NO_PROXY: exempt })).toBe(through ? `${proxy}/` : undefined);
  expect(goes(`https://${host}/me`, { HTTPS_PROXY: proxy, no_proxy: exempt })).toBe(through ? `${proxy}/` : undefined);
});

test.each(['socks5://proxy.lab.org:1080', 'http://', '://x', 'http://me:secret-word@'])(
  'what is no HTTP proxy is refused by the name of its variable, as the value may hold a login: %s',
  (value) => {
    const ask = () => goes('https://api.lab.org', { https_proxy: value });
    expect(ask).toThrow(
      expect.objectContaining({ code: 'proxy_invalid', message: expect.stringContaining('HTTPS_PROXY') }),
    );
    expect(ask).not.toThrow(/secret-word/);
  },
);

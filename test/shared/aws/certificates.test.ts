import { readFileSync } from 'node:fs';
import { certificateNotes, readCertificates } from '../../../shared/aws/certificates';
import { labCa } from '../../support/lab-ca';

const now = new Date('2026-11-24T08:00:00Z');
const key = readFileSync('test/support/lab-ca/server.key', 'utf8');
const certificatesIn = (text: string) => {
  const read = readCertificates(text);
  if ('why' in read) throw new Error(read.why);
  return read;
};

test('every certificate is read, and what stands around them is left out', () => {
  const { pem, certificates } = certificatesIn(
    `\uFEFFsubject=Lab\r\n${labCa.ca.replaceAll('\n', '\r\n')}\n# old\n${labCa.expired}`,
  );
  expect(certificates.map(({ subject }) => subject)).toEqual([
    'O=Lab\nCN=Lab Root CA',
    'O=Lab\nCN=Lab Root CA of 2019',
  ]);
  expect(pem).toBe(labCa.ca + labCa.expired);
});

test.each([
  ['a field of the console, which drops the ends of lines', labCa.ca.replaceAll('\n', ' ')],
  ['Terraform, which escaped them', labCa.ca.replaceAll('\n', '\\n')],
])('lines that were lost are found again: %s', (_, text) => {
  expect(certificatesIn(text).pem).toBe(labCa.ca);
});

test.each([
  ['nothing', '', /no certificate in PEM/],
  ['another text', 'hunter2', /no certificate in PEM/],
  ['a private key', key, /private key/],
  ['a private key beside a certificate', labCa.ca + key, /private key/],
  ['a private key that is encrypted', '-----BEGIN ENCRYPTED PRIVATE KEY-----\nhunter2\n', /private key/],
  ['a request', '-----BEGIN CERTIFICATE REQUEST-----\nhunter2\n-----END CERTIFICATE REQUEST-----', /part 1 /],
  ['a certificate that is cut short', `${labCa.ca}${labCa.ca.slice(0, 200)}\n-----END CERTIFICATE-----`, /part 2 /],
])('what is no list of certificates is refused, and not quoted: %s', (_, text, why) => {
  const read = readCertificates(text);
  expect(read).toEqual({ why: expect.stringMatching(why) });
  expect(JSON.stringify(read)).not.toContain('hunter2');
});

test('one that has expired, and one that is no authority, are said', () => {
  const notes = (text: string, at = now) => certificateNotes(certificatesIn(text).certificates, at);
  expect(notes(labCa.ca)).toEqual([]);
  expect(notes(labCa.ca + labCa.expired)).toEqual([
    'The certificate "O=Lab, CN=Lab Root CA of 2019" in ca has expired (2020-01-01).',
  ]);
  expect(notes(labCa.leaf)).toEqual([expect.stringMatching(/"CN=localhost" in ca is not that of an authority/)]);
  expect(notes(labCa.ca, new Date(0))).toEqual([expect.stringMatching(/not valid before/)]);
});

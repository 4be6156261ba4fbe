const utf16 = [
  { mark: [0xff, 0xfe], label: 'utf-16le' },
  { mark: [0xfe, 0xff], label: 'utf-16be' },
];

/** The text of a file as people's editors write it: in UTF-8, or in UTF-16 where the mark that Windows puts in front says so. */
export function decodeText(bytes: Uint8Array): string {
  const label = utf16.find(({ mark }) => mark.every((byte, index) => bytes[index] === byte))?.label ?? 'utf-8';
  // Leaves the mark out, as it is no part of the text.
  return new TextDecoder(label).decode(bytes);
}

import * as v from 'valibot';
import { type Settings, settingsSchema } from './settings-schema';

/** Reads the settings in a text. Returns the reason if the text holds none. */
export function parseSettings(text: string): { settings: Settings } | { why: string } {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The fault's message would quote a piece of the file.
    return { why: text.trim() === '' ? 'it is empty' : 'it is not JSON' };
  }
  if (v.is(settingsSchema, json)) return { settings: json };
  const [issue] = v.safeParse(settingsSchema, json).issues ?? [];
  return { why: `${(issue && v.getDotPath(issue)) ?? 'the file'} is not as it should be` };
}

/** The text of settings, byte for byte as Python's `json.dump(..., indent=2)` writes them. */
export const settingsText = (settings: Settings): string =>
  JSON.stringify(settings, null, 2).replace(
    /[\x7f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

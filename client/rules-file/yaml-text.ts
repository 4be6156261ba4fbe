import { stringify } from 'yaml';

/**
 * YAML that every reader understands alike. Every text has quotes, as readers of YAML 1.1 take `no`, `2026_11`, `0b11` or a date for
 * something else. Keys are written as they are: they are words of ours. What no reader takes, or what could turn a terminal around, is
 * escaped.
 */
export const yamlText = (value: unknown): string =>
  stringify(value, {
    defaultStringType: 'QUOTE_DOUBLE',
    defaultKeyType: 'PLAIN',
    lineWidth: 0,
    aliasDuplicateObjects: false,
  }).replace(
    /[\x7f-\x9f\p{Zl}\p{Zp}\p{Bidi_Control}\ufeff\ufffe\uffff]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

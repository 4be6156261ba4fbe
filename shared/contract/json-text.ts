/** Removes the byte-order mark that Windows puts before a text. It is not valid in JSON. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** Parses JSON from people's tools. Throws SyntaxError, whose message quotes the text: don't show it if that may hold a secret. */
export const parseJsonText = (text: string): unknown => JSON.parse(withoutMark(text));

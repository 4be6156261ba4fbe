/** Text without the byte-order mark that Windows puts in front of it: it is no part of what was meant, and of no JSON. */
export const withoutMark = (text: string): string => text.replace(/^\uFEFF/, '');

/** Reads JSON as people's tools write it. Throws SyntaxError, whose words quote the text: never show them where it may hold a secret. */
export const parseJsonText = (text: string): unknown => JSON.parse(withoutMark(text));

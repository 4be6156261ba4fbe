/** What stands in the head of each message: length, its id, the id that it answers, and one of these kinds. */
export const headerSize = 16;
export const opReply = 1;
export const opQuery = 2004;
export const opMsg = 2013;
/** No longer answered, but known to those who still send it. */
export const opGetMore = 2005;

/** The code with which messages of an old kind are refused. */
export const notAnswered = 5739101;

export const checksumPresent = 1;
export const moreToCome = 2;
export const exhaustAllowed = 1 << 16;
/** The lower half of the flags must be understood; the upper half may be ignored. */
export const requiredFlags = 0xffff;

/** Thrown for what ends the connection without an answer. */
export class FatalMessage extends Error {}

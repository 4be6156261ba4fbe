/** Escapes what could move the cursor, colour the terminal, or reverse the direction of text that comes from elsewhere. */
export const plain = (text: string): string =>
  text.replace(
    /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

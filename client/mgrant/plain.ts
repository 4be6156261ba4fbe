/** Text from elsewhere without what could move the cursor, colour the terminal, or turn the direction of the text around. */
export const plain = (text: string): string =>
  text.replace(
    /[^\P{Cc}\n]|[\p{Zl}\p{Zp}\p{Bidi_Control}]/gu,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

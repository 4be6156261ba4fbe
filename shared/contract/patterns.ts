// JSON Schema can't hold checks in code. These patterns stand for the checks of names, in editors and in the OpenAPI document.

/** A letter, of any alphabet, or a digit; and a dash, too. */
const letter = '[^\\x00-\\x2f:-@\\x5b-\\x60{-\\x7f]';
const orDash = '[^\\x00-\\x2c./:-@\\x5b-\\x60{-\\x7f]';
const part = `${letter}(${orDash}{0,61}${letter})?`;
export const anyDomain = `(${part}\\.)+${part}`;
const word = "[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+";
export const anyAddress = `${word}(\\.${word})*@${anyDomain}`;
export const hostName = '(?!.*\\.\\.)[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?(:[1-9][0-9]{0,4})?';
export const dbName = '(?!([Aa][Dd][Mm][Ii][Nn]|[Ll][Oo][Cc][Aa][Ll]|[Cc][Oo][Nn][Ff][Ii][Gg])$)[A-Za-z0-9_-]{1,63}';
export const dbPrefix = '[A-Za-z0-9_-]{1,63}';

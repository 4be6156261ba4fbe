// JSON Schema can't hold checks in code. These patterns stand for the checks of names, in editors and in the OpenAPI document.

export const domain = '([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const word = "[A-Za-z0-9!#$%&'+/=?^_`{|}~-]+";
export const address = `${word}(\\.${word})*@${domain}`;
export const hostName = '(?!.*\\.\\.)[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?(:[1-9][0-9]{0,4})?';
export const dbName = '(?!([Aa][Dd][Mm][Ii][Nn]|[Ll][Oo][Cc][Aa][Ll]|[Cc][Oo][Nn][Ff][Ii][Gg])$)[A-Za-z0-9_-]{1,63}';
export const dbPrefix = '[A-Za-z0-9_-]{1,63}';

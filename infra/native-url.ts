/** Bundles use this instead of `whatwg-url`, a second parser of URLs with its own tables of characters: the one of Node does the same. */
const { URL, URLSearchParams } = globalThis;

export { URL, URLSearchParams };

/** A finished piece of markup, which {@link html} inserts unchanged. */
export interface Html {
  readonly html: string;
}

type Value = string | number | Html | readonly Html[];

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

function written(value: Value): string {
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  return 'html' in value ? value.html : value.map((piece) => piece.html).join('');
}

/** A text with long names, which lines break behind its dots and the like before they break it anywhere. */
export const breakable = (text: string): Html => ({
  html: text
    .split(/(?<=[.:_])/)
    .map(escapeHtml)
    .join('<wbr>'),
});

/** Markup from a template. It escapes every value, so nobody can forget to. Put attribute values in quotes. */
export function html(markup: TemplateStringsArray, ...values: Value[]): Html {
  return { html: markup.reduce((before, after, index) => `${before}${written(values[index - 1] ?? '')}${after}`) };
}

/** A piece of markup that is finished: {@link html} puts it in as it is. */
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

/** Markup from a template: every value in it is escaped, so that none can be forgotten. Attribute values belong in quotes. */
export function html(markup: TemplateStringsArray, ...values: Value[]): Html {
  return { html: markup.reduce((before, after, index) => `${before}${written(values[index - 1] ?? '')}${after}`) };
}

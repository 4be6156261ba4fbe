import { type Html, html } from './html';

/** A mail in HTML, without images or tracking. `width`: of its column, in rem. */
export const mailDocument = ({ title, width, content }: { title: string; width: number; content: Html }): Html =>
  html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,sans-serif">
<main style="max-width:${width}rem;margin:0 auto">
<h1 style="margin:0 0 16px;font-size:22px;line-height:1.3">${title}</h1>
${content}</main>
</body>
</html>
`;

const button =
  'display:inline-block;padding:12px 22px;border-radius:8px;background:#0b6a4a;color:#ffffff;font-weight:600;text-decoration:none';

/** A button that opens a page, and its address for mail programs that show no buttons. */
export const mailButton = (words: string, url: string): Html =>
  html`<p style="margin:24px 0"><a href="${url}" style="${button}">${words}</a></p>
<p>If the button does not work, open this address: <br><a href="${url}" style="color:inherit;overflow-wrap:anywhere;word-break:break-all">${url}</a></p>`;

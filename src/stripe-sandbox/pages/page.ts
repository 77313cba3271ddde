import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

const STYLE = `
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f6f8fa; color: #1a1f36; }
main { max-width: 26rem; margin: 8vh auto; padding: 2rem; background: #fff; border-radius: 8px; box-shadow: 0 2px 12px #0002; }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; overflow-wrap: anywhere; }
a { color: #4b45c6; }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
label { display: block; flex: 1 1 100%; font-weight: 600; }
label.half { flex: 1 1 40%; }
input { font: inherit; font-weight: 400; display: block; width: 100%; margin-top: .25rem; padding: .6rem; border: 1px solid #697386; border-radius: 6px; background: #fff; color: inherit; }
input[aria-invalid] { border-color: #b3093c; }
button { font: inherit; flex: 1; padding: .6rem 1rem; border: 1px solid #697386; border-radius: 6px; background: #fff; color: inherit; cursor: pointer; }
button.primary { flex: 1 1 100%; background: #4b45c6; border-color: #4b45c6; color: #fff; }
:focus-visible { outline: 3px solid #1a1f36; outline-offset: 2px; }
table { width: 100%; border-collapse: collapse; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; font-weight: 400; padding: .25rem 0; overflow-wrap: anywhere; }
td { text-align: right; white-space: nowrap; padding-left: 1rem; }
tfoot th, tfoot td { font-weight: 700; border-top: 1px solid #c1c9d2; }
ul.means { display: flex; gap: 1rem; padding: 0; margin: 1rem 0 0; list-style: none; }
a[aria-current] { font-weight: 700; color: inherit; }
.error { padding: .75rem; border: 1px solid #b3093c; border-radius: 6px; color: #8c0730; background: #fdf2f5; }
small, .quiet { color: #545e70; font-weight: 400; }
`;

/**
 * No script, no picture, nothing from elsewhere. It says nothing of where forms lead: browsers hold
 * that against redirects, too, and the pages send people on to whatever address the merchant gave.
 */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; frame-ancestors 'none'`;

/** Nothing that came from outside may become markup. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The frame of the sandbox's pages; `body` is markup, so what is put into it must be escaped. */
function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body><main>${body}</main></body>
</html>`;
}

export function sendPage(reply: FastifyReply, title: string, body: string, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({ 'content-security-policy': POLICY, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .type('text/html; charset=utf-8')
    .send(htmlPage(title, body));
}

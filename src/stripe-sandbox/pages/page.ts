/** Nothing that came from outside may become markup. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** The frame of the sandbox's pages; `body` is markup, so what is put into it must be escaped. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f6f8fa; color: #1a1f36; }
main { max-width: 26rem; margin: 12vh auto; padding: 2rem; background: #fff; border-radius: 8px; box-shadow: 0 2px 12px #0002; }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; }
form { display: flex; gap: .75rem; margin-top: 1.5rem; }
button { font: inherit; flex: 1; padding: .6rem 1rem; border: 1px solid #c1c9d2; border-radius: 6px; background: #fff; cursor: pointer; }
button[value="succeed"] { background: #635bff; border-color: #635bff; color: #fff; }
small { color: #697386; }
</style>
</head>
<body><main>${body}</main></body>
</html>`;
}

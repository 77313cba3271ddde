const STYLE = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; }
nav { display: flex; gap: 1rem; }
ul.goods { list-style: none; padding: 0; display: grid; gap: 1rem; }
ul.goods li { border: 1px solid #8888; border-radius: .75rem; padding: 1rem; }
button { font: inherit; padding: .5rem 1rem; border-radius: .5rem; cursor: pointer; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: start; padding: .375rem .75rem .375rem 0; border-bottom: 1px solid #8884; vertical-align: top; }
`;

/** Nothing that came from outside may become markup. */
export function escaped(text) {
  return String(text).replaceAll(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

function page(title, body) {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<nav><a href="/">Shop</a> <a href="/orders">Orders</a></nav>
<main>
<h1>${escaped(title)}</h1>
${body}
</main>
</body>
</html>`;
}

/** Each thing with a form of its own, which the browser sends straight to the payment page. */
export function shopPage(payUrl, offers) {
  const goods = offers.map(
    ({ name, price, note, fields }) => `<li>
<h2>${escaped(name)}</h2>
<p>${escaped(price)}. ${escaped(note)}</p>
<form method="post" action="${escaped(payUrl)}">
${Object.entries(fields)
  .map(([field, value]) => `<input type="hidden" name="${escaped(field)}" value="${escaped(value)}">`)
  .join('\n')}
<button>Buy ${escaped(name)}</button>
</form>
</li>`,
  );
  return page('A small shop', `<ul class="goods">${goods.join('\n')}</ul>`);
}

/** The payer is back. What the address says proves nothing: only what was notified counts. */
export function backPage(orderNumber, order) {
  const said = order?.status ? `Your order is ${order.status}.` : 'We have not heard of your payment yet.';
  return page(
    'Thank you',
    `<p>Order ${escaped(orderNumber)}: ${escaped(said)}</p><p><a href="/orders">All orders</a></p>`,
  );
}

export function ordersPage(orders) {
  const rows = [...orders.values()].map(
    ({ orderNumber, name, status, notifications }) => `<tr>
<td>${escaped(orderNumber)}<br>${escaped(name)}</td>
<td>${escaped(status ?? 'not paid')}</td>
<td>${notifications.map(({ type, status }) => `${escaped(type)}: ${escaped(status)} – answered ok`).join('<br>') || 'nothing yet'}</td>
</tr>`,
  );
  const table = `<table>
<thead><tr><th scope="col">Order</th><th scope="col">Status</th><th scope="col">What was notified</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table>`;
  return page('Orders', rows.length > 0 ? table : '<p>Nobody has bought anything yet.</p>');
}

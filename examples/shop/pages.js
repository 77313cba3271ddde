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
<link rel="stylesheet" href="/style.css">
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
<p><span class="price">${escaped(price)}</span><br>${escaped(note)}</p>
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
    `<div class="card"><h2>Order ${escaped(orderNumber)}</h2><p>${escaped(said)}</p><a href="/orders">All orders</a></div>`,
  );
}

export function ordersPage(orders) {
  const rows = [...orders.values()].map(
    ({ orderNumber, name, status, notifications }) => `<tr>
<td>${escaped(name)}<br><span class="number">${escaped(orderNumber)}</span></td>
<td><span class="status ${escaped(status ?? '')}">${escaped(status ?? 'not paid')}</span></td>
<td><ul>${notifications.map(({ type, status }) => `<li>${escaped(type)}: ${escaped(status)} – answered ok</li>`).join('')}</ul></td>
</tr>`,
  );
  const table = `<div class="card orders"><table>
<thead><tr><th scope="col">Order</th><th scope="col">Status</th><th scope="col">What was notified</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>`;
  return page('Orders', rows.length > 0 ? table : '<p>Nobody has bought anything yet.</p>');
}

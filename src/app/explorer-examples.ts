import type { ExplorerExample } from '../platform/http/explorer.js';

const ORDER = `{
        id billNumber status nextAction { redirectUrl }
        capturableAmount { amount currency }
        operations { type status declineCode transactions { type status amount { amount } } }
      }`;

/** The tabs with which `/graphiql` opens: the shortest way from a key to a payment. */
export const EXPLORER_EXAMPLES: readonly ExplorerExample[] = [
  {
    title: 'Which key is this, and what may it do?',
    document: '{ viewer { kind mode keyHint scopes operator { id name } merchant { id name } } }',
  },
  {
    title: "Hold 100 EUR on a test card. Use a merchant's key.",
    document: `mutation Hold($input: CreateOrderInput!) {
  createOrder(input: $input) {
    ... on CreateOrderPayload {
      order ${ORDER}
    }
    ... on Problem { code message issues { path message } }
  }
}`,
    variables: {
      input: {
        orderNumber: 'A-1',
        amount: { amount: '100.00', currency: 'EUR' },
        captureMode: 'MANUAL',
        payment: { credential: { token: 'pm_card_visa' } },
        returnUrl: 'https://shop.example/thanks',
      },
    },
  },
  {
    title: 'Take a part of a hold; the rest is given back.',
    document: `mutation Capture($input: CaptureOrderInput!) {
  captureOrder(input: $input) {
    ... on CaptureOrderPayload {
      order ${ORDER}
    }
    ... on Problem { code message }
  }
}`,
    variables: { input: { orderId: 'ord_…', amount: '60.00' } },
  },
  {
    title: 'The last orders.',
    document: '{ orders(first: 10) { nodes { orderNumber billNumber status amount { amount currency } createdAt } } }',
  },
  {
    title: 'Every change of an order, live. Start it, then make an order in another tab.',
    document: `subscription Live {
  orderStatusChanged { cursor occurredAt previousStatus status order { orderNumber billNumber } }
}`,
  },
];

import type { ExplorerExample } from '../platform/http/explorer.js';

// Lines of text stay below 56 characters: what a laptop shows of the editor.

const LOOK = `
# Then press ▶ (or Ctrl-Enter): which key this is,
# and its newest orders. None yet? The next tab makes
# one; then press ▶ here again.
# Ctrl-Space between braces offers the fields there
# are; the book at the top left explains them all.
query LookAround {
  viewer {
    kind
    mode
    scopes
    merchant { name }
  }
  orders(first: 5) {
    nodes {
      billNumber
      orderNumber
      status
      amount { amount currency }
      capturableAmount { amount }
      refundableAmount { amount }
      captureBefore
    }
  }
}`;

const HOLD = `
# Then press ▶: 100 EUR are held on a test card.
# The Variables pane has what is sent. Pressed again,
# the same order is answered: the idempotencyKey sees
# to that. For another one change it and orderNumber.
# In the place of pm_card_visa try
#   pm_card_visa_chargeDeclined    the bank declines
#   pm_card_threeDSecure2Required  the payer must
#                    confirm: open the redirectUrl
mutation HoldMoney($input: CreateOrderInput!) {
  createOrder(input: $input) {
    ... on CreateOrderPayload {
      order {
        id
        billNumber
        status
        captureBefore
        capturableAmount { amount currency }
        nextAction { redirectUrl }
        operations { type status declineCode }
      }
    }
    ... on Problem {
      code
      message
      issues { path message }
    }
  }
}

# The goods leave: take 60 of the 100. In a new tab (+),
# with the id that was answered:
#
# mutation TakeMoney {
#   captureOrder(
#     input: { orderId: "ord_…", amount: "60.00" }
#   ) {
#     ... on CaptureOrderPayload { order { status } }
#     ... on Problem { code message }
#   }
# }`;

const AGREE = `
# Then press ▶: a payer agrees to 20 EUR each month. The
# card is checked, no money is taken; the charges come
# by themselves at the end of each month. The same
# idempotencyKey answers the same agreement again.
# To charge today, in a new tab (+), with the id that
# was answered:
#
# mutation ChargeToday {
#   chargeAgreement(input: { agreementId: "agr_…" }) {
#     ... on ChargeAgreementPayload { order { status } }
#     ... on Problem { code message }
#   }
# }
mutation Subscribe($input: CreateAgreementInput!) {
  createAgreement(input: $input) {
    ... on CreateAgreementPayload {
      agreement {
        id
        status
        credential { brand lastFour }
        upcomingCharges(first: 6) {
          number
          date
          amount { amount currency }
        }
        history { nodes { createdAt kind after } }
      }
      order { status }
    }
    ... on Problem {
      code
      message
      issues { path message }
    }
  }
}`;

const BILL = `
# Then press ▶: what a payer used goes on the invoice of
# its month, which is closed on the 2nd of the next,
# numbered and charged by itself. Pressed again the same
# item is answered: its reference sees to that.
# In new tabs (+), what there is; and, with an
# operator's key, how a month went:
#
# query Invoices {
#   invoices(first: 5) {
#     nodes { number status month total { amount } }
#   }
# }
# query Month {
#   operator {
#     invoiceMonth(month: "2031-01") {
#       currencies {
#         currency
#         closed { count total { amount } }
#         paid { count }
#         pastDue { count }
#         collectedShare
#       }
#     }
#   }
# }
mutation BillUsage($input: AddInvoiceItemInput!) {
  addInvoiceItem(input: $input) {
    ... on AddInvoiceItemPayload {
      item {
        id
        net { amount }
        tax { amount }
        total { amount currency }
      }
      invoice { id status month closesAt }
    }
    ... on Problem {
      code
      message
      issues { path message }
    }
  }
}`;

const FILES = `
# Then press ▶: the newest CSV files of agreements,
# charges and changes, how far each has come, and the
# rows that failed. None yet? Load a template at
#   /bulk/templates/createAgreements.csv
# and send it as docs/guides/bulk.md shows: a file goes
# with curl or your own client, and not from here.
# To watch one, in a new tab (+):
#
# subscription Watch {
#   bulkOperationProgressed(id: "blk_…") {
#     status
#     counts { total done failed }
#     secondsLeft
#   }
# }
query FilesOfRows {
  bulkOperations(first: 3) {
    nodes {
      id
      kind
      status
      fileName
      counts { total done succeeded repeated failed }
      rowsPerSecond
      secondsLeft
      rows(first: 10, outcome: FAILED) {
        nodes {
          line
          reference
          problem { code message }
        }
      }
    }
  }
}`;

const WATCH = `
# Then press ▶ and leave it running; ■ stops it.
# Make or change an order in a second window, or with
#   npm run demo
# in a terminal: each change appears here at once.
# To go on where you stopped, write
#   orderStatusChanged(after: "<the last cursor>")
subscription WatchOrders {
  orderStatusChanged {
    cursor
    occurredAt
    previousStatus
    status
    order {
      billNumber
      orderNumber
      amount { amount currency }
      capturedAmount { amount }
    }
  }
}`;

/** The tabs with which `/graphiql` opens: look around, hold money, agree, bill, send files, watch live. */
export const EXPLORER_EXAMPLES: readonly ExplorerExample[] = [
  { title: 'Who am I, and what is there?', document: LOOK },
  {
    title: 'Hold money now, take it later',
    document: HOLD,
    variables: {
      input: {
        orderNumber: 'A-1001',
        amount: { amount: '100.00', currency: 'EUR' },
        captureMode: 'MANUAL',
        payment: { credential: { token: 'pm_card_visa' } },
        returnUrl: 'https://shop.example/thanks',
        idempotencyKey: 'hold A-1001',
      },
    },
  },
  {
    title: 'Charge a payer every month',
    document: AGREE,
    variables: {
      input: {
        payer: { reference: 'customer-1001' },
        terms: { reference: 'subscription-1001', type: 'RECURRING', amountVariability: 'FIXED' },
        currency: 'EUR',
        chargeAmount: { fixed: '20.00' },
        // Of an anchor far ahead nothing is charged while somebody tries things, and no date of it goes by soon.
        schedule: { period: 'MONTH', startDate: '2031-01-31' },
        payment: { credential: { token: 'pm_card_visa' } },
        idempotencyKey: 'subscription-1001 agrees',
      },
    },
  },
  {
    title: 'Bill what was used in a month',
    document: BILL,
    variables: {
      input: {
        payer: { reference: 'customer-1001' },
        currency: 'EUR',
        description: 'Calls to the API',
        quantity: '12500',
        unitPrice: '0.0008',
        taxRate: '19',
        reference: 'customer-1001 API calls',
      },
    },
  },
  { title: 'How files of rows are coming along', document: FILES },
  { title: 'Watch orders live', document: WATCH },
];

import type { Texts } from './texts.js';

const every = (unit: string) => (interval: number) => (interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`);

export const EN: Texts = {
  payTo: (merchant) => `Payment to ${merchant}`,
  pageTitle: (merchant) => `Pay ${merchant}`,
  amount: 'Amount',
  charged: 'Charged',
  givenBack: 'Given back',
  orderNumber: 'Order',
  billNumber: 'Bill number',
  description: 'For',
  payBy: 'Pay by',
  details: 'Details of the order',
  chooseSystem: 'How would you like to pay?',
  chooseAgain: 'Please choose how you would like to pay. What was sent is not among these.',
  numbered: (name, number) => `${name} (${number})`,
  pay: (amount) => `Pay ${amount}`,
  check: 'Continue',
  agreeAndPay: (amount) => `Agree and pay ${amount}`,
  agreeAndCheck: 'Agree and continue',
  continuePaying: 'Continue to payment',
  authenticate: 'Continue at your bank',
  authenticateHint: 'Your bank asks you to confirm that it is you. Nothing is charged before that.',
  leadsTo: (system) => `You enter your card on the secure page of ${system}. The shop never sees it.`,
  heldFirst: (merchant) => `The amount is set aside on your card now; ${merchant} takes it later.`,
  cardIsKept: (merchant) => `Your card is kept at the payment system for your next purchases at ${merchant}.`,
  nothingPaid: 'You have come back without paying. Nothing was charged; you can try again.',
  lastDeclined: {
    title: 'The last card was declined',
    text: 'You can try another one. If you have paid with another since, do not pay again: it shows here in a moment.',
  },
  cancel: 'Cancel this payment',
  cancelTitle: 'Cancel this payment?',
  cancelText: (merchant) => `Nothing has been charged. The order at ${merchant} can then no longer be paid here.`,
  cancelYes: 'Yes, cancel it',
  cancelNo: 'No, go back',
  backToShop: (merchant) => `Back to ${merchant}`,
  closePage: 'You can close this page.',
  tryAgain: 'Try again',
  testMode: 'Test mode: no real money moves.',
  language: 'Language',
  unavailable: {
    title: 'The payment system cannot be reached just now',
    text: 'Nothing was charged. Please try again in a minute.',
  },
  notAccepted: {
    title: 'The payment system did not accept this payment',
    text: 'Nothing was charged. Trying again will not help; please tell the shop.',
  },
  notPayable: {
    title: 'This cannot be paid just now',
    text: 'An earlier attempt is still being settled. Please look again in a minute; do not pay a second time elsewhere.',
  },
  unpayable: { title: 'This cannot be paid here', text: 'Nothing was charged. Please tell the shop.' },
  openedTooOften: {
    title: 'This order was tried too often',
    text: 'Nothing was charged. It can no longer be paid here; please ask the shop for a new order.',
  },
  waiting: 'This page updates by itself.',
  states: {
    OPENING: () => ({
      title: 'We are opening the payment page',
      text: 'The payment system has not answered yet. Nothing was charged. Please wait a moment.',
    }),
    CONFIRMING: () => ({
      title: 'We are confirming your payment',
      text: 'This usually takes a few seconds. Please do not pay again.',
    }),
    PROCESSING: () => ({
      title: 'Your payment is being processed',
      text: 'Your bank has not answered for good yet; with some ways to pay that takes days. There is nothing more for you to do.',
    }),
    HELD: (merchant) => ({
      title: 'The amount is set aside',
      text: `Your bank holds it for ${merchant}, who takes it when your order is ready.`,
    }),
    PAID: (merchant) => ({ title: 'Paid', text: `Thank you. ${merchant} hears of it by itself.` }),
    CHECKED: (merchant) => ({
      title: 'Your payment method is confirmed',
      text: `Nothing was charged. ${merchant} hears of it by itself.`,
    }),
    REFUNDED: (merchant) => ({
      title: 'Refunded',
      text: `${merchant} has sent the money back. Your bank may take some days to show it.`,
    }),
    DISPUTED: (merchant) => ({
      title: 'Your bank is looking into this payment',
      text: `The payment to ${merchant} was questioned at your bank. It will tell you what comes of it.`,
    }),
    CANCELED: () => ({ title: 'Cancelled', text: 'This order was cancelled. Nothing remains charged.' }),
    DECLINED: (merchant) => ({
      title: 'The payment was declined',
      text: `Nothing was charged. Please go back to ${merchant} and try again, perhaps in another way.`,
    }),
    EXPIRED: (merchant) => ({
      title: 'The time to pay has run out',
      text: `Nothing was charged. Please go back to ${merchant} and order again.`,
    }),
    CLOSED: (merchant) => ({
      title: 'This can no longer be paid',
      text: `The payment is no longer possible, and nothing was charged. If you have questions, please ask ${merchant}.`,
    }),
  },
  refusals: {
    NOT_FOUND: { title: 'This link is not valid', text: 'Please go back to the shop and ask for a new one.' },
    FORGED: {
      title: 'This payment request cannot be trusted',
      text: 'It does not carry the shop’s signature, or was changed on the way. Nothing was ordered or charged.',
    },
    OUTDATED: {
      title: 'This payment request is out of date',
      text: 'Please go back to the shop and start the payment again. Nothing was ordered or charged.',
    },
    FAULTY: {
      title: 'The shop’s payment request is not complete',
      text: 'Please tell the shop. Nothing was ordered or charged.',
    },
    NUMBER_TAKEN: {
      title: 'This order number belongs to another order',
      text: 'The shop has used it before for an order that is open or paid. Please tell the shop. Nothing new was ordered or charged.',
    },
    NOT_A_FORM: {
      title: 'This is not a payment form',
      text: 'Payment forms are sent as application/x-www-form-urlencoded. Nothing was ordered or charged.',
    },
    TOO_LARGE: {
      title: 'The payment form is too large',
      text: 'A payment form has at most 16 KB. Nothing was ordered or charged.',
    },
    METHOD: {
      title: 'There is nothing to see here',
      text: 'Shops send their payment forms to this address. To pay, please go back to the shop.',
    },
    TOO_MANY: {
      title: 'Too many requests at once',
      text: 'Please wait a few seconds and try again. If you have paid already, do not pay again: your payment is not lost.',
    },
    SUSPENDED: {
      title: 'The shop takes no payments at the moment',
      text: 'Nothing was charged. Please ask the shop.',
    },
    FAILED: {
      title: 'Something went wrong on our side',
      text: 'Please try again in a minute. If you have paid already, do not pay again: your payment is not lost.',
    },
  },
  forTheShop: 'For the shop: what is wrong with it',
  consent: {
    heading: 'What you agree to',
    permission: (merchant) => `${merchant} may charge this payment method later, without asking you each time.`,
    installments: (merchant) => `You pay ${merchant} in parts, which are charged to this payment method by themselves.`,
    fixedAmount: (amount) => `Each time ${amount}.`,
    amountBetween: (from, to) => `Each time between ${from} and ${to}.`,
    amountAtMost: (amount) => `Each time ${amount} at most.`,
    amountOpen: 'Each time the amount that is due then.',
    usually: (amount) => `Usually ${amount} each time.`,
    usuallyBetween: (from, to) => `Usually between ${from} and ${to} each time.`,
    mayVary: 'The amount may differ from that.',
    daysBetween: (days) =>
      days === 1 ? 'Not more than once a day.' : `At least ${days} days lie between two charges.`,
    total: (amount) => `Together ${amount}.`,
    every: { DAY: every('day'), WEEK: every('week'), MONTH: every('month'), YEAR: every('year') },
    whenNeeded: (merchant) => `when ${merchant} asks for it`,
    from: (day) => `from ${day}`,
    until: (day) => `until ${day}`,
    payments: (count) => (count === 1 ? 'once' : `${count} times at most`),
    untilStopped: 'until you stop it',
    howToStop: (merchant) => `You can stop this at any time: tell ${merchant}, or your bank.`,
    accept: 'I agree to these charges',
    needed: 'Please tick the box if you agree to these charges. Without it the payment cannot begin.',
    changed: 'The terms have changed since this page was shown. Please read them again, and tick the box if you agree.',
  },
};

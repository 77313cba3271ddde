import type { EveryUnit, Texts } from './texts.js';

const PLURALS = new Intl.PluralRules('ro');

/** 2 luni, 19 luni, but 20 de luni; 101 luni again. */
function counted(count: number, plural: string): string {
  return PLURALS.select(count) === 'other' ? `${count} de ${plural}` : `${count} ${plural}`;
}

function every(single: string, plural: string): (interval: number) => string {
  return (interval) => (interval === 1 ? `în fiecare ${single}` : `o dată la ${counted(interval, plural)}`);
}

const EVERY: EveryUnit = {
  DAY: every('zi', 'zile'),
  WEEK: every('săptămână', 'săptămâni'),
  MONTH: every('lună', 'luni'),
  YEAR: every('an', 'ani'),
};

export const RO: Texts = {
  payTo: (merchant) => `Plată către ${merchant}`,
  pageTitle: (merchant) => `Plată: ${merchant}`,
  amount: 'Suma',
  charged: 'Încasat',
  givenBack: 'Returnat',
  orderNumber: 'Comanda',
  billNumber: 'Numărul plății',
  description: 'Pentru',
  payBy: 'De plătit până la',
  details: 'Detaliile comenzii',
  chooseSystem: 'Cum doriți să plătiți?',
  chooseAgain: 'Alegeți cum doriți să plătiți. Ce s-a trimis nu este printre acestea.',
  numbered: (name, number) => `${name} (${number})`,
  pay: (amount) => `Plătiți ${amount}`,
  check: 'Continuați',
  agreeAndPay: (amount) => `Acceptați și plătiți ${amount}`,
  agreeAndCheck: 'Acceptați și continuați',
  continuePaying: 'Continuați plata',
  authenticate: 'Continuați la banca dvs.',
  authenticateHint: 'Banca vă cere să confirmați că sunteți dvs. Până atunci nu se încasează nimic.',
  leadsTo: (system) => `Introduceți datele cardului pe pagina securizată ${system}. Magazinul nu le vede.`,
  heldFirst: (merchant) => `Suma este blocată acum pe card; ${merchant} o încasează mai târziu.`,
  cardIsKept: (merchant) =>
    `Cardul este păstrat în sistemul de plată pentru următoarele dvs. cumpărături la ${merchant}.`,
  nothingPaid: 'V-ați întors fără să plătiți. Nu s-a încasat nimic; puteți încerca din nou.',
  lastDeclined: {
    title: 'Ultimul card a fost refuzat',
    text: 'Puteți încerca cu altul. Dacă între timp ați plătit cu altul, nu plătiți din nou: plata apare aici în scurt timp.',
  },
  cancel: 'Anulați plata',
  cancelTitle: 'Anulați această plată?',
  cancelText: (merchant) =>
    `Nu s-a încasat nimic. După anulare, comanda de la ${merchant} nu mai poate fi plătită aici.`,
  cancelYes: 'Da, anulează',
  cancelNo: 'Nu, înapoi',
  backToShop: (merchant) => `Înapoi la ${merchant}`,
  closePage: 'Puteți închide această pagină.',
  tryAgain: 'Încercați din nou',
  testMode: 'Mod de test: nu se mișcă bani reali.',
  language: 'Limba',
  unavailable: {
    title: 'Sistemul de plată nu răspunde acum',
    text: 'Nu s-a încasat nimic. Încercați din nou peste un minut.',
  },
  notAccepted: {
    title: 'Sistemul de plată nu a acceptat această plată',
    text: 'Nu s-a încasat nimic. O nouă încercare nu ajută; vă rugăm să anunțați magazinul.',
  },
  notPayable: {
    title: 'Acum nu se poate plăti',
    text: 'O încercare anterioară nu este încă încheiată. Reveniți peste un minut și nu plătiți a doua oară în altă parte.',
  },
  unpayable: { title: 'Aici nu se poate plăti', text: 'Nu s-a încasat nimic. Vă rugăm să anunțați magazinul.' },
  openedTooOften: {
    title: 'Pentru această comandă s-a încercat plata de prea multe ori',
    text: 'Nu s-a încasat nimic. Comanda nu mai poate fi plătită aici; cereți magazinului una nouă.',
  },
  waiting: 'Pagina se actualizează singură.',
  states: {
    OPENING: () => ({
      title: 'Deschidem pagina de plată',
      text: 'Sistemul de plată nu a răspuns încă. Nu s-a încasat nimic. Așteptați puțin.',
    }),
    CONFIRMING: () => ({
      title: 'Confirmăm plata dvs.',
      text: 'De obicei durează câteva secunde. Vă rugăm să nu plătiți din nou.',
    }),
    PROCESSING: () => ({
      title: 'Plata este în curs de procesare',
      text: 'Banca dvs. nu a răspuns încă definitiv; la unele metode de plată durează câteva zile. Nu mai aveți nimic de făcut.',
    }),
    HELD: (merchant) => ({
      title: 'Suma este blocată',
      text: `Banca o păstrează pentru ${merchant}, care o încasează când comanda este gata.`,
    }),
    PAID: (merchant) => ({ title: 'Plătit', text: `Vă mulțumim. ${merchant} află de plată fără dvs.` }),
    CHECKED: (merchant) => ({
      title: 'Metoda de plată este confirmată',
      text: `Nu s-a încasat nimic. ${merchant} află fără dvs.`,
    }),
    REFUNDED: (merchant) => ({
      title: 'Suma a fost returnată',
      text: `${merchant} a trimis banii înapoi. Băncii îi pot trebui câteva zile ca să îi arate.`,
    }),
    DISPUTED: (merchant) => ({
      title: 'Banca dvs. verifică această plată',
      text: `Plata către ${merchant} a fost contestată la banca dvs. Rezultatul vi-l comunică banca.`,
    }),
    CANCELED: () => ({ title: 'Anulat', text: 'Comanda a fost anulată. Nu rămâne nimic încasat.' }),
    DECLINED: (merchant) => ({
      title: 'Plata a fost refuzată',
      text: `Nu s-a încasat nimic. Reveniți la ${merchant} și încercați din nou, poate în alt mod.`,
    }),
    EXPIRED: (merchant) => ({
      title: 'Timpul de plată a expirat',
      text: `Nu s-a încasat nimic. Reveniți la ${merchant} și comandați din nou.`,
    }),
    CLOSED: (merchant) => ({
      title: 'Această plată nu mai este posibilă',
      text: `Nu s-a încasat nimic. Dacă aveți întrebări, adresați-vă la ${merchant}.`,
    }),
  },
  refusals: {
    NOT_FOUND: { title: 'Acest link nu este valabil', text: 'Reveniți la magazin și cereți unul nou.' },
    FORGED: {
      title: 'Această cerere de plată nu este de încredere',
      text: 'Nu poartă semnătura magazinului sau a fost modificată pe drum. Nu s-a comandat și nu s-a încasat nimic.',
    },
    OUTDATED: {
      title: 'Cererea de plată nu mai este actuală',
      text: 'Reveniți la magazin și începeți plata din nou. Nu s-a comandat și nu s-a încasat nimic.',
    },
    FAULTY: {
      title: 'Cererea de plată a magazinului este greșită',
      text: 'Vă rugăm să anunțați magazinul. Nu s-a comandat și nu s-a încasat nimic.',
    },
    NUMBER_TAKEN: {
      title: 'Acest număr aparține altei comenzi',
      text: 'Magazinul l-a folosit deja pentru o comandă deschisă sau plătită. Vă rugăm să anunțați magazinul. Nu s-a comandat și nu s-a încasat nimic nou.',
    },
    NOT_A_FORM: {
      title: 'Acesta nu este un formular de plată',
      text: 'Formularele de plată se trimit ca application/x-www-form-urlencoded. Nu s-a comandat și nu s-a încasat nimic.',
    },
    TOO_LARGE: {
      title: 'Formularul de plată este prea mare',
      text: 'Un formular de plată are cel mult 16 KB. Nu s-a comandat și nu s-a încasat nimic.',
    },
    METHOD: {
      title: 'Aici nu este nimic de văzut',
      text: 'La această adresă magazinele trimit formularele de plată. Ca să plătiți, reveniți la magazin.',
    },
    TOO_MANY: {
      title: 'Prea multe cereri deodată',
      text: 'Așteptați câteva secunde și încercați din nou. Dacă ați plătit deja, nu plătiți din nou: plata nu este pierdută.',
    },
    SUSPENDED: {
      title: 'Magazinul nu acceptă plăți în acest moment',
      text: 'Nu s-a încasat nimic. Vă rugăm să întrebați magazinul.',
    },
    FAILED: {
      title: 'A apărut o eroare la noi',
      text: 'Încercați din nou peste un minut. Dacă ați plătit deja, nu plătiți din nou: plata nu este pierdută.',
    },
  },
  forTheShop: 'Pentru magazin: ce este greșit',
  consent: {
    heading: 'Cu ce sunteți de acord',
    permission: (merchant) =>
      `${merchant} poate încasa mai târziu din această metodă de plată, fără să vă întrebe de fiecare dată.`,
    installments: (merchant) =>
      `Plătiți către ${merchant} în rate, care se încasează automat din această metodă de plată.`,
    fixedAmount: (amount) => `De fiecare dată ${amount}.`,
    amountBetween: (from, to) => `De fiecare dată între ${from} și ${to}.`,
    amountAtMost: (amount) => `De fiecare dată cel mult ${amount}.`,
    amountOpen: 'De fiecare dată suma datorată atunci.',
    usually: (amount) => `De obicei ${amount} de fiecare dată.`,
    usuallyBetween: (from, to) => `De obicei între ${from} și ${to} de fiecare dată.`,
    mayVary: 'Suma poate fi alta.',
    daysBetween: (days) =>
      days === 1 ? 'Nu mai des de o dată pe zi.' : `Cel puțin ${counted(days, 'zile')} între două debitări.`,
    total: (amount) => `În total ${amount}.`,
    every: EVERY,
    whenNeeded: (merchant) => `când o cere ${merchant}`,
    from: (day) => `din ${day}`,
    until: (day) => `până la ${day}`,
    payments: (count) => (count === 1 ? 'o singură dată' : `de cel mult ${counted(count, 'ori')}`),
    untilStopped: 'până când opriți dvs.',
    howToStop: (merchant) => `Puteți opri oricând: anunțați ${merchant} sau banca dvs.`,
    accept: 'Sunt de acord cu aceste încasări',
    needed: 'Bifați dacă sunteți de acord cu aceste încasări. Fără acord plata nu poate începe.',
    changed:
      'Condițiile s-au schimbat de când a fost afișată pagina. Citiți-le din nou și bifați dacă sunteți de acord.',
  },
};

import { ConfigError, readConfig } from '../../src/config.js';
import { generateMasterKey } from '../../src/platform/secrets/master-keys.js';

const MASTER_KEY = generateMasterKey();
const DATABASE = 'postgres://owner:pass-word@db.internal/quittance';

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment, '/somewhere');
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('the settings', () => {
  it('need nothing at home: everything comes along', () => {
    expect(readConfig({}, '/home/me/shop')).toMatchObject({
      role: 'all',
      host: '127.0.0.1',
      port: 4000,
      publicUrl: 'http://127.0.0.1:4000',
      dataDir: '/home/me/shop/.quittance',
      database: { kind: 'embedded', port: 0 },
      stripe: { kind: 'sandbox', port: 4001, controlPort: 4011 },
      migrate: true,
      demo: true,
      introspection: true,
      graphiql: true,
    });
  });

  it('make a production program of a database, a master key and nothing else', () => {
    expect(readConfig({ DATABASE_URL: DATABASE, QUITTANCE_MASTER_KEY: MASTER_KEY })).toMatchObject({
      host: '0.0.0.0',
      database: { kind: 'external', ownerUrl: DATABASE, appUrl: null, systemUrl: null },
      stripe: { kind: 'real' },
      migrate: true,
      demo: false,
      introspection: false,
      graphiql: false,
      allowHttpUrls: false,
    });
  });

  it('take an empty text for no setting', () => {
    expect(readConfig({ DATABASE_URL: '', PORT: '' })).toMatchObject({ port: 4000, database: { kind: 'embedded' } });
  });

  it('move the control port of the sandbox with the sandbox', () => {
    expect(readConfig({ STRIPE_SANDBOX_PORT: '5001' }).stripe).toMatchObject({ controlPort: 5011 });
    expect(readConfig({ STRIPE_API_URL: 'http://sandbox:4001/' }).stripe).toEqual({
      kind: 'elsewhere',
      url: 'http://sandbox:4001',
      controlUrl: null,
    });
  });

  it('name the origins of payment pages, and nothing else that would go into a header', () => {
    const origins = (text: string) => readConfig({ QUITTANCE_PAYMENT_PAGE_ORIGINS: text }).paymentPageOrigins;
    expect(readConfig({}).paymentPageOrigins).toEqual([]);
    expect(origins('https://pay.example, http://127.0.0.1:4001')).toEqual([
      'https://pay.example',
      'http://127.0.0.1:4001',
    ]);
    for (const wrong of [
      'https://pay.example/',
      "https://pay.example; script-src 'unsafe-inline'",
      '*',
      'data:',
      ',',
    ]) {
      expect(faultsOf({ QUITTANCE_PAYMENT_PAGE_ORIGINS: wrong })).toEqual([
        expect.stringContaining('it must be origins such as https://pay.example'),
      ]);
    }
  });

  it('believe proxies that are named by address or network, and none else', () => {
    const proxies = (text: string) => readConfig({ QUITTANCE_TRUST_PROXY: text }).trustedProxies;
    expect(readConfig({}).trustedProxies).toEqual([]);
    expect(proxies('10.0.0.0/8, ::1')).toEqual(['10.0.0.0/8', '::1']);
    for (const wrong of ['on', '1', '10.0.0.0/33', '10.0.0.1,', 'proxy.example']) {
      expect(faultsOf({ QUITTANCE_TRUST_PROXY: wrong })).toEqual([
        expect.stringContaining('it must be addresses or networks such as 10.0.0.0/8'),
      ]);
    }
  });

  it('report every fault at once, each with the name, the value and what is right', () => {
    const faults = faultsOf({
      QUITTANCE_ROLE: 'boss',
      PORT: '99999',
      POSTGRES_PORT: '-1',
      STRIPE_API_URL: 'stripe.com',
      QUITTANCE_MIGRATE: 'yes',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://root:hunter2@db/shop',
    });
    expect(faults).toEqual([
      'QUITTANCE_ROLE is "boss": it must be one of all, api, worker.',
      'PORT is "99999": it must be a whole number from 1 to 65535.',
      'STRIPE_API_URL is "stripe.com": it must be a URL that begins with http:// or https://.',
      'POSTGRES_PORT is "-1": it must be a whole number from 0 to 65535 (0 takes a free port).',
      'DATABASE_URL is not usable (its value is secret): it must be a URL that begins with postgres:// or postgresql://.',
      'QUITTANCE_MIGRATE is "yes": it must be on or off.',
      'LOG_LEVEL is "loud": it must be one of fatal, error, warn, info, debug, trace, silent.',
      'QUITTANCE_MASTER_KEY is not set: a database of your own needs it; make one with: npm run master-key',
    ]);
  });

  it('never show a secret', () => {
    const secret = 'correct-horse-battery';
    const faults = faultsOf({
      DATABASE_URL: secret,
      DATABASE_APP_URL: secret,
      DATABASE_SYSTEM_URL: secret,
      QUITTANCE_MASTER_KEY: secret,
      AGENDA_MONGODB_URL: secret,
    });
    expect(faults).toHaveLength(5);
    expect(faults.join('\n')).not.toContain(secret);
  });

  it('see what contradicts itself', () => {
    expect(faultsOf({ DATABASE_APP_URL: DATABASE, QUITTANCE_MASTER_KEY: MASTER_KEY, QUITTANCE_MIGRATE: 'on' })).toEqual(
      [
        'DATABASE_SYSTEM_URL is not set: without DATABASE_URL, both DATABASE_APP_URL and DATABASE_SYSTEM_URL are needed.',
        'QUITTANCE_MIGRATE is "on": migrating needs DATABASE_URL, the owner of the tables.',
      ],
    );
    expect(
      faultsOf({ DATABASE_URL: DATABASE, QUITTANCE_MASTER_KEY: MASTER_KEY, QUITTANCE_DEMO: 'on' }).join(),
    ).toContain('STRIPE_SANDBOX_CONTROL_URL');
  });
});

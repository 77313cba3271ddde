import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { ApiClient } from '../../src/demo/api-client.js';
import { LiveStatuses } from '../../src/demo/live-statuses.js';
import { Story } from '../../src/demo/story.js';
import { Transcript } from '../../src/demo/transcript.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';
import { generateMasterKey } from '../../src/platform/secrets/master-keys.js';
import { startStripeSandbox } from '../../src/stripe-sandbox/index.js';
import { fastFolder } from '../support/fast-folder.js';
import {
  ask,
  freePort,
  freePorts,
  isAlive,
  isGone,
  postgresPid,
  RunningProgram,
  readDemo,
  type Settings,
} from './running-program.js';

const DEMO_FIELDS = [
  'graphiqlUrl',
  'graphqlUrl',
  'graphqlWsUrl',
  'merchantId',
  'merchantKey',
  'operatorId',
  'operatorKey',
  'platformKey',
  'secondMerchantKey',
  'secondOperatorKey',
  'stripeSandboxControlUrl',
  'stripeSandboxUrl',
];

let folder: string;
const running: RunningProgram[] = [];

function start(settings: Settings): RunningProgram {
  const program = RunningProgram.start(settings, folder);
  running.push(program);
  return program;
}

beforeAll(async () => {
  folder = path.join(await fastFolder('quittance-start-'), 'a shop of mine');
  await mkdir(folder);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.child.exitCode === null && program.stop('SIGKILL')));
});

afterAll(() => rm(path.dirname(folder), { recursive: true, force: true, maxRetries: 5 }));

describe('npm start on a machine that has nothing but Node', () => {
  const dataDir = () => path.join(folder, '.quittance');
  let ports: Settings;

  beforeAll(async () => {
    ports = await freePorts();
  });

  describe('started once', () => {
    let program: RunningProgram;

    beforeAll(async () => {
      program = RunningProgram.start(ports, folder);
      await program.ready();
    }, 60_000);

    // Stopped by the last of these tests, unless it failed.
    afterAll(() => {
      program?.child.kill('SIGKILL');
    });

    it('writes down what one needs to try it, and serves each key', async () => {
      const demo = await readDemo(dataDir());
      expect(Object.keys(demo).sort()).toEqual(DEMO_FIELDS);
      expect((await stat(path.join(dataDir(), 'demo.json'))).mode & 0o077).toBe(0);
      expect((await stat(path.join(dataDir(), 'master-key'))).mode & 0o077).toBe(0);
      expect(program.output).toContain(demo.graphiqlUrl);
      expect(program.output).toContain(demo.merchantKey);

      const kinds = { platformKey: 'PLATFORM', operatorKey: 'OPERATOR', merchantKey: 'MERCHANT' };
      const seconds = { secondOperatorKey: 'OPERATOR', secondMerchantKey: 'MERCHANT' };
      for (const [name, kind] of Object.entries({ ...kinds, ...seconds })) {
        const key = demo[name as keyof typeof demo];
        expect(await ask(demo.graphqlUrl, key, '{ viewer { kind } }')).toEqual({ data: { viewer: { kind } } });
      }
      expect((await fetch(demo.graphiqlUrl)).status).toBe(200);
      expect((await fetch(demo.graphqlUrl.replace('/graphql', '/readyz'))).status).toBe(200);
    }, 60_000);

    it('plays its story', async () => {
      const story = RunningProgram.demo(folder);
      expect({ code: await story.exited(), output: story.output }).toEqual({
        code: 0,
        output: expect.stringContaining('Everything went as expected.'),
      });
      expect(story.output).toContain('orderStatusChanged');
      for (const change of ['ACTIVE → PAST_DUE', 'PAST_DUE → ACTIVE', 'ACTIVE → COMPLETED', 'ACTIVE → CANCELED']) {
        expect(story.output).toMatch(new RegExp(`agreementStatusChanged .*: ${change}`));
      }
    }, 60_000);

    it('stops within its time although a socket is open and a request hangs', async () => {
      const demo = await readDemo(dataDir());
      const live = await LiveStatuses.follow(demo.graphqlWsUrl, demo.merchantKey, () => {});
      const hanging = connect(Number(ports.PORT), '127.0.0.1');
      hanging.on('error', () => {});
      hanging.write(
        'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
      );
      await new Promise((resolve) => setTimeout(resolve, 200));
      // 0 says that it came to the end of its list: what takes too long is cut off with 1.
      expect(await program.stop()).toBe(0);
      expect(program.output).toContain('Stopped.');
      hanging.destroy();
      await live.stop();
    }, 60_000);
  });

  it('says how to start when there is no server', async () => {
    const alone = RunningProgram.demo(folder);
    expect(await alone.exited()).toBe(1);
    expect(alone.output).toContain('npm start');
  }, 60_000);

  it('finds everything again after a kill, and after Ctrl-C, also twice as npm passes it on, which leaves no process behind', async () => {
    const before = await readDemo(dataDir());
    for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
      const program = start(ports);
      await program.ready();
      expect(await readDemo(dataDir())).toEqual(before);
      const viewer = await ask(before.graphqlUrl, before.merchantKey, '{ viewer { merchant { id } } }');
      expect(viewer).toEqual({ data: { viewer: { merchant: { id: before.merchantId } } } });

      const database = await postgresPid(dataDir());
      expect(isAlive(database)).toBe(true);
      if (signal === 'SIGINT') program.child.kill(signal);
      expect(await program.stop(signal)).toBe(signal === 'SIGKILL' ? null : 0);
      expect(await isGone(database)).toBe(true);
    }
  }, 90_000);

  it('can be stopped while it is still starting', async () => {
    const program = start(ports);
    while (!program.output.includes('starting')) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await program.stop()).toBe(0);
    expect(await postgresPid(dataDir()).catch(() => 0)).toBe(0);
  }, 60_000);

  it.each(['PORT', 'STRIPE_SANDBOX_PORT', 'STRIPE_SANDBOX_CONTROL_PORT'])(
    'says in one sentence that %s is taken, and starts nothing',
    async (setting) => {
      const taken = createServer().listen(Number(ports[setting]), '127.0.0.1');
      await once(taken, 'listening');
      try {
        const program = start(ports);
        expect(await program.exited()).toBe(1);
        expect(program.output).toContain(
          `Port ${ports[setting]} is already in use: stop what runs there, or set ${setting} to a free port.`,
        );
        expect(program.output).not.toContain('    at ');
        expect(await postgresPid(dataDir()).catch(() => 0)).toBe(0);
      } finally {
        taken.close();
      }
    },
    30_000,
  );
});

describe('with a database of its own', () => {
  let server: EmbeddedPostgres;
  let settings: Settings;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'pg'), password: 'owner', durable: false });
    settings = {
      PORT: `${await freePort()}`,
      HOST: '127.0.0.1',
      DATABASE_URL: `${server.url}postgres`,
      QUITTANCE_MASTER_KEY: generateMasterKey(),
    };
  }, 60_000);

  afterAll(() => server.stop());

  it('is the production program: migrates, serves, keeps no demo, is ready only when migrated, and stops in order', async () => {
    const program = start({ ...settings, LOG_LEVEL: 'info' });
    await program.ready();
    const readyz = async () => {
      const answer = await fetch(`http://127.0.0.1:${settings.PORT}/readyz`);
      return { code: answer.status, ...((await answer.json()) as object) };
    };
    expect(await readyz()).toEqual({ code: 200, status: 'ready', failing: [] });
    expect((await fetch(`http://127.0.0.1:${settings.PORT}/graphiql`)).status).toBe(404);
    expect(program.output).not.toContain('qtt_');
    await expect(readDemo(path.join(folder, '.quittance-production'))).rejects.toThrow('ENOENT');

    await onDatabase("update migrations set name = name || ' of old'");
    expect(await readyz()).toMatchObject({ status: 'not ready', failing: ['migrations'] });
    await onDatabase("update migrations set name = replace(name, ' of old', '')");
    expect(await readyz()).toMatchObject({ status: 'ready', failing: [] });
    expect(await program.stop('SIGTERM')).toBe(0);
  }, 60_000);

  it('runs in several processes, of which each hears of what the others do', async () => {
    const sandbox = await startStripeSandbox();
    const shared = {
      ...settings,
      LOG_LEVEL: 'info',
      STRIPE_API_URL: sandbox.url,
      STRIPE_SANDBOX_CONTROL_URL: sandbox.controlUrl,
    };
    const dataDir = path.join(folder, 'shared');
    const first = start({ ...shared, QUITTANCE_ROLE: 'api', QUITTANCE_DEMO: 'on', QUITTANCE_DATA_DIR: dataDir });
    await first.ready();
    const port = await freePort();
    const second = start({ ...shared, QUITTANCE_ROLE: 'api', QUITTANCE_MIGRATE: 'off', PORT: `${port}` });
    const workerPort = await freePort();
    const worker = start({ ...shared, QUITTANCE_ROLE: 'worker', QUITTANCE_MIGRATE: 'off', PORT: `${workerPort}` });
    await Promise.all([second.ready(), worker.ready()]);
    const statusAt = async (path: string) => (await fetch(`http://127.0.0.1:${workerPort}${path}`)).status;
    expect(await Promise.all(['/healthz', '/readyz', '/metrics', '/graphql'].map(statusAt))).toEqual([
      200, 200, 200, 404,
    ]);

    const demo = await readDemo(dataDir);
    let told = '';
    const tell = new Transcript((text) => {
      told += text;
    });
    const live = await LiveStatuses.follow(`ws://127.0.0.1:${port}/graphql`, demo.merchantKey, (text) =>
      tell.live(text),
    );
    await new Story(new ApiClient(demo.graphqlUrl, demo.merchantKey), live, tell).run();
    await live.stop();
    expect(told).not.toContain('✗');
    // What the socket brings is told after the step that caused it, however fast it was.
    expect(told).toMatch(/createOrder .*\n.*AUTHORIZED.*\n(.* ~ .*\n)*.* ~ .* → AUTHORIZED\n/);
    expect(await Promise.all([first, second, worker].map((each) => each.stop('SIGTERM')))).toEqual([0, 0, 0]);
    await sandbox.close();
  }, 90_000);

  async function onDatabase(sql: string): Promise<void> {
    const owner = new pg.Client({ connectionString: settings.DATABASE_URL });
    await owner.connect();
    await owner.query(sql);
    await owner.end();
  }

  it('refuses a role that row-level security does not bind', async () => {
    const program = start({ ...settings, DATABASE_APP_URL: settings.DATABASE_URL ?? '' });
    expect(await program.exited()).toBe(1);
    expect(program.output).toContain('Refusing to start: the database role "postgres" is a superuser');
    expect(program.output).not.toContain('    at ');
  }, 30_000);

  it('refuses a master key that opens nothing there', async () => {
    const program = start({ ...settings, QUITTANCE_MASTER_KEY: generateMasterKey() });
    expect(await program.exited()).toBe(1);
    expect(program.output).toContain('The master key does not belong to this database');
    expect(program.output).not.toMatch(/\n\s+at /);
  }, 60_000);

  it('says which settings are wrong, all at once, and exits with 2', async () => {
    const program = start({ ...settings, PORT: 'http', QUITTANCE_ROLE: 'boss', QUITTANCE_MASTER_KEY: '' });
    expect(await program.exited()).toBe(2);
    expect(program.output.match(/^ {2}- /gm)).toHaveLength(3);
  }, 30_000);
});

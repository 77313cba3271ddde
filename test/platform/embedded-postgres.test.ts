import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/platform/database/embedded-postgres.js';

const PASSWORD = "pass wörd's @:/";
const isRoot = process.getuid?.() === 0;
const onLinux = process.platform === 'linux' ? it : it.skip;
const asRoot = isRoot ? it : it.skip;

let folder: string;
let dataDir: string;
const running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'quittance-embedded-'));
  await chmod(folder, 0o755);
  dataDir = path.join(folder, "a folder's name", 'postgres');
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function start(
  options: { dataDir?: string; port?: number; password?: string; durable?: boolean } = {},
): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, password: PASSWORD, durable: false, ...options });
  running.push(server);
  return server;
}

async function query(server: Pick<EmbeddedPostgres, 'url'>, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: `${server.url}postgres` });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let poll = 0; poll < 200 && isAlive(pid); poll++) await pause(25);
}

describe('an embedded PostgreSQL', () => {
  it('keeps its data from one start to the next, in a folder with spaces', async () => {
    const first = await start();
    await query(first, 'create table kept as select 42 as answer');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    expect(await query(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  it('speaks UTF-8, sorts by code point, keeps UTC, and asks for a password', async () => {
    const server = await start();
    expect(
      await query(
        server,
        `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale,
                current_setting('timezone') as zone, upper('ä') as upper
         from pg_database where datname = current_database()`,
      ),
    ).toEqual([{ encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', zone: 'UTC', upper: 'Ä' }]);
    const wrong = { url: server.url.replace(/:[^:@]*@/, ':wrong@') };
    await expect(query(wrong, 'select 1')).rejects.toThrow('password authentication failed');
  });

  it('leaves nothing beside the data, no password above all', async () => {
    expect(await readdir(path.dirname(dataDir))).toEqual(['postgres']);
  });

  it('listens on the port it was given, and stops twice without harm', async () => {
    const { port } = await start();
    await Promise.all(running.map((server) => server.stop()));
    const again = await start({ port });
    expect(again.port).toBe(port);
    await Promise.all([again.stop(), again.stop()]);
  });

  it('survives being cut off', async () => {
    const server = await start({ durable: true });
    await query(server, 'create table written as select 1 as n');
    server.stopImmediately();
    await untilGone(server.pid);
    expect(await query(await start(), 'select n from written')).toEqual([{ n: 1 }]);
  });
});

describe('it says in a sentence', () => {
  it('that the port is taken, and which setting to change', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(`Port ${port} cannot be used: set POSTGRES_PORT`);
    other.close();
  });

  it('that the data was made with another password', async () => {
    await expect(start({ password: 'another' })).rejects.toThrow('made with another password');
  });

  it('that a live server uses the data', async () => {
    const server = await start();
    await expect(start()).rejects.toThrow(
      `is in use by PostgreSQL (process ${server.pid}), started by this very process`,
    );
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('that the folder holds something else', async () => {
    const other = path.join(folder, 'photos');
    await mkdir(other);
    await writeFile(path.join(other, 'cat.jpg'), '');
    await expect(start({ dataDir: other })).rejects.toThrow('holds other files and no database');
  });

  it('what PostgreSQL itself complains of', async () => {
    const options = { dataDir, password: PASSWORD, settings: { work_mem: 'a lot' } };
    await expect(startEmbeddedPostgres(options)).rejects.toThrow('invalid value for parameter "work_mem"');
  });
});

/** Runs the launcher in a process of its own, as the product does, without a build. */
async function startInChild(): Promise<{ readonly launcher: ChildProcess; readonly pid: number }> {
  const loader = `import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) =>
      next(/^\\.\\.?\\/.*\\.js$/.test(name) && context.parentURL?.endsWith('.ts') ? name.replace(/js$/, 'ts') : name, context) });`;
  const program = `import { startEmbeddedPostgres } from '${pathToFileURL(path.resolve('src/platform/database/embedded-postgres.ts'))}';
    const options = ${JSON.stringify({ dataDir, password: PASSWORD, durable: false })};
    process.stdout.write(String((await startEmbeddedPostgres(options)).pid));
    setInterval(() => {}, 1000);`;
  const hook = `data:text/javascript,${encodeURIComponent(loader)}`;
  const args = ['--no-warnings', '--import', hook, '--input-type=module', '--eval', program];
  const launcher = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  const [pid] = (await once(launcher.stdout, 'data')) as [Buffer];
  return { launcher, pid: Number(pid.toString()) };
}

describe('when its launcher dies hard', () => {
  it('ends by itself, and the data is there at the next start', async () => {
    const { launcher, pid } = await startInChild();
    await expect(start()).rejects.toThrow(`started by process ${launcher.pid}, which is still running`);
    expect(isAlive(pid)).toBe(true);
    launcher.kill('SIGKILL');
    expect(await query(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
    await untilGone(pid);
    expect(isAlive(pid)).toBe(false);
  });

  onLinux('is stopped by the next start if it did stay', async () => {
    const server = await start();
    const [command = '', ...args] = (await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
    const { uid, gid } = await stat(`/proc/${server.pid}`);
    await server.stop();
    const gone = spawn(process.execPath, ['--version']);
    await once(gone, 'exit');
    const orphanArgs = args.map((arg) => arg.replace(/quittance-\d+/, `quittance-${gone.pid}`));
    const orphan = spawn(command, orphanArgs, { uid, gid, detached: true, stdio: 'ignore', env: { LC_ALL: 'C' } });
    const ended = once(orphan, 'exit');
    while ((await query(server, 'select 1').catch(() => [])).length === 0) await pause(25);

    expect(await query(await start(), 'select answer from kept')).toEqual([{ answer: 42 }]);
    await ended;
  });
});

describe('as root', () => {
  asRoot('finds its data again when the folder that was asked for is private', async () => {
    const home = path.join(folder, 'home');
    await mkdir(home, { mode: 0o700 });
    const wanted = path.join(home, 'postgres');
    await query(await start({ dataDir: wanted }), 'create table kept as select 1 as n');
    await Promise.all(running.splice(0).map((server) => server.stop()));

    expect(await query(await start({ dataDir: wanted }), 'select n from kept')).toEqual([{ n: 1 }]);
    const place = path.dirname((await readFile(path.join(wanted, 'moved-to.txt'), 'utf8')).trim());
    await Promise.all(running.splice(0).map((server) => server.stop()));
    await rm(place, { recursive: true });
  });
});

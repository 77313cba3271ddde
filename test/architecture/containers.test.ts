import { existsSync, readFileSync } from 'node:fs';

const DOCKERFILE = readFileSync('Dockerfile', 'utf8');
const COMPOSE = readFileSync('docker-compose.yml', 'utf8');
const SETTINGS = readFileSync('src/config.ts', 'utf8');
const ADMITTED = readFileSync('.dockerignore', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

/** Settings of the images that are not ours. */
const FOREIGN = /^(POSTGRES|MONGO_INITDB)_/;

describe('the containers', () => {
  it('set nothing that the program does not read', () => {
    const set = [...COMPOSE.matchAll(/^ +([A-Z][A-Z_]+):/gm)].map(([, name = '']) => name);
    expect(set).toContain('DATABASE_APP_URL');
    expect(set.filter((name) => !FOREIGN.test(name) && !SETTINGS.includes(` ${name}: `))).toEqual([]);
  });

  it('do not start while a secret is missing, and have none written down', () => {
    const secrets = COMPOSE.split('\n').filter((line) => /PASSWORD|MASTER_KEY/.test(line) && !line.startsWith('#'));
    expect(secrets.length).toBeGreaterThan(5);
    expect(secrets.filter((line) => !/\$\{[A-Z_]+:\?[^}]+\}/.test(line))).toEqual([]);
  });

  it('give the owner of the tables to the migrate step alone', () => {
    const services = COMPOSE.split(/^ {2}(?=[a-z]+:$)/m);
    const withOwner = services.filter((text) => / DATABASE_URL:/.test(text));
    expect(withOwner.map((text) => text.split(':')[0])).toEqual(['migrate']);
  });

  it('are made from files that are there and are let in', () => {
    const copied = [...DOCKERFILE.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files = '']) =>
      files.split(' '),
    );
    expect(copied).toContain('src');
    expect(copied.filter((file) => !existsSync(file) || !ADMITTED.includes(file))).toEqual([]);
  });

  it('run no process as root', () => {
    expect(DOCKERFILE).toMatch(/^USER node$/m);
  });
});

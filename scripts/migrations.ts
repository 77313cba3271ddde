import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MIGRATIONS } from '../migrations/index.js';
import { ENTITIES } from '../src/entities.js';
import { startEmbeddedPostgres } from '../src/platform/database/embedded-postgres.js';
import { migrate, pendingSchemaChanges } from '../src/platform/database/migrate.js';

/**
 * `check`: do the migrations make what the entities say?
 * `new NAME`: writes the difference as a migration to be read, named and listed in migrations/index.ts.
 */
const [command, name = 'change'] = process.argv.slice(2);
const schema = { entities: ENTITIES, migrations: MIGRATIONS };

const dataDir = mkdtempSync(path.join(tmpdir(), 'quittance-migrations-'));
const server = await startEmbeddedPostgres({ dataDir, password: 'migrations', durable: false });
try {
  const url = `${server.url}postgres`;
  await migrate(url, schema, { app: 'app', system: 'system' });
  const difference = await pendingSchemaChanges(url, schema);
  if (command === 'new') writeMigration(name, difference);
  else if (difference !== '') {
    process.exitCode = 1;
    process.stderr.write(
      `The entities and the migrations differ. Write a migration: npm run migrations:new -- NAME\n\n${difference}\n`,
    );
  } else process.stdout.write('The migrations make what the entities say.\n');
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

function writeMigration(name: string, sql: string): void {
  const number = String(MIGRATIONS.length + 1).padStart(4, '0');
  const words = name.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  const statements = sql.split(/;\n+/).filter((text) => text.trim() !== '');
  const lines = statements.map(
    (text) => `    this.addSql(\`${text.replace(/;$/, '').trim().replaceAll('`', '\\`')}\`);`,
  );
  const file = `migrations/${number}-${name}.ts`;
  writeFileSync(
    file,
    `import { Migration } from '@mikro-orm/migrations';\n\nexport class Migration${number}${words.join('')} extends Migration {\n` +
      `  override up(): void {\n${lines.join('\n')}\n  }\n}\n`,
  );
  process.stdout.write(`${file} written: read it, say why at its head, and list it in migrations/index.ts.\n`);
}

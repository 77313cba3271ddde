import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { defineConfig, type EntityClass, type MigrationObject, MikroORM } from '@mikro-orm/postgresql';
import { SESSION_OPTIONS, takeBackLost } from './pools.js';

export interface OrmOptions {
  readonly url: string;
  readonly entities: readonly EntityClass<object>[];
  readonly poolMax?: number;
  /** Only for the owner, who migrates. */
  readonly migrations?: readonly MigrationObject[];
}

/** The ORM on one connection pool. It never creates tables by itself: migrations do. */
export function openOrm({ url, entities, poolMax = 10, migrations = [] }: OrmOptions): Promise<MikroORM> {
  const config = defineConfig({
    clientUrl: url,
    entities: [...entities],
    metadataProvider: ReflectMetadataProvider,
    extensions: [Migrator],
    allowGlobalContext: false,
    forceUtcTimezone: true,
    pool: { min: 0, max: poolMax },
    driverOptions: { options: SESSION_OPTIONS, onPoolCreated: takeBackLost },
    // Composite foreign keys are written in migrations: entities hold ids, not references. So are triggers.
    schemaGenerator: {
      createForeignKeyConstraints: false,
      disableForeignKeys: false,
      skipTables: ['migrations'],
      ignoreTriggers: true,
      ignoreRoutines: true,
    },
    migrations: { tableName: 'migrations', migrationsList: [...migrations], snapshot: false, silent: true },
  });
  return MikroORM.init(config);
}

/** Where other tools keep what they have done: no model names these tables, and nobody wants them dropped. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  'SequelizeMeta',
  'SequelizeData',
  'SequelizeMetaBackup',
  'umzug_migrations',
  'knex_migrations',
  'knex_migrations_lock',
  '_prisma_migrations',
  'alembic_version',
  'kysely_migration',
  'kysely_migration_lock',
  '__drizzle_migrations',
  'typeorm_metadata',
  'pgmigrations',
  'schema_migrations',
  'ar_internal_metadata',
  'flyway_schema_history',
  'DATABASECHANGELOG',
  'DATABASECHANGELOGLOCK',
  'databasechangelog',
  'databasechangeloglock',
  'django_migrations',
  'goose_db_version',
  'atlas_schema_revisions',
  'spatial_ref_sys',
])

/** Whether a table of that name belongs to another tool. */
export const belongsToOtherTool = (name: string): boolean => BOOKKEEPING.has(name)

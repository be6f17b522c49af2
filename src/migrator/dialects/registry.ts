import type { Sequelize } from 'sequelize'
import type { Dialect } from '../dialect.js'
import { MigratorError } from '../errors.js'
import { mariadbDialect } from './mariadb/dialect.js'
import { postgresDialect } from './postgres/dialect.js'
import { sqliteDialect } from './sqlite/dialect.js'

const DIALECTS: Readonly<Record<string, Dialect>> = {
  sqlite: sqliteDialect,
  postgres: postgresDialect,
  mariadb: mariadbDialect,
  mysql: mariadbDialect,
}

/**
 * The dialect of an instance.
 *
 * @throws MigratorError `UNSUPPORTED_ENGINE`, `UNSUPPORTED_STORAGE`.
 */
export const dialectOf = (sequelize: Sequelize): Dialect => {
  const name = sequelize.getDialect()
  const dialect = DIALECTS[name]
  if (dialect === undefined) {
    throw new MigratorError(
      'UNSUPPORTED_ENGINE',
      `sm2kit migrates SQLite, PostgreSQL, MariaDB and MySQL; this instance's dialect is "${name}". Nothing was run.`,
      { subject: name },
    )
  }
  const refusal = dialect.refusal(sequelize)
  if (refusal !== undefined) throw new MigratorError(refusal.code, refusal.message)
  return dialect
}

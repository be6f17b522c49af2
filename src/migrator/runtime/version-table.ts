import type { Sequelize, Transaction } from 'sequelize'
import { createHash } from '../crypto.js'
import type { Dialect, Session, VersionTableName } from '../dialect.js'
import { quoteTable } from '../operations/sequelize.js'
import { VERSION } from '../version.js'
import { readWithoutMaking, selectWith } from './session.js'
import {
  COLUMNS,
  MARK_SQL,
  type NewVersionRow,
  type RawRow,
  type RowTexts,
  type TimedRow,
  type VersionRow,
  VersionState,
} from './version-rows.js'
import { MOST_OF_A_NAME, whoRuns } from './who.js'

/** Some 20 kB of SQL. */
const ROWS_A_STATEMENT = 100

// PostgreSQL cuts names at 63 bytes without a word; MariaDB refuses more than 64 characters.
const LONGEST_NAME_BYTES = 63

/** The version table's name with `_journal`; a long one is cut, and told from others by a hash. */
const journalName = (tableName: string): string => {
  const plain = `${tableName}_journal`
  if (Buffer.byteLength(plain) <= LONGEST_NAME_BYTES) return plain
  const hash = createHash('sha256').update(tableName).digest('hex').slice(0, 8)
  const suffix = `_${hash}_journal`
  let start = tableName
  while (Buffer.byteLength(start + suffix) > LONGEST_NAME_BYTES) start = [...start].slice(0, -1).join('')
  return start + suffix
}

/** Reads and writes the version table. Remembers of it only that it is there. */
export class VersionTable {
  readonly name: VersionTableName
  /** Where steps without a transaction note their statements. */
  readonly journal: VersionTableName
  /** Both tables, by their names as they are. */
  readonly tables: readonly { readonly schema: string | null; readonly name: string }[]
  readonly tableName: string
  readonly #schema: string | undefined
  #exists = false
  /** Sessions in which it was made, and may be taken back with their transaction. */
  readonly #madeIn = new WeakSet<Session>()

  constructor(
    readonly sequelize: Sequelize,
    readonly dialect: Dialect,
    table: { readonly tableName: string; readonly schema?: string },
  ) {
    const nameOf = (tableName: string): VersionTableName => ({
      quoted: this.#quote({ ...table, tableName }),
      text: `${table.schema ?? ''}.${tableName}`,
    })
    readWithoutMaking(sequelize, dialect)
    this.name = nameOf(table.tableName)
    this.journal = nameOf(journalName(table.tableName))
    this.tableName = table.tableName
    this.#schema = table.schema
    this.tables = [table.tableName, journalName(table.tableName)].map((name) => ({
      schema: table.schema ?? null,
      name,
    }))
  }

  /** One statement; a table that is not there is an empty one. */
  async read(transaction: Transaction | null = null): Promise<VersionState> {
    const { dialect } = this
    try {
      const state = new VersionState(await this.#recorded(transaction), dialect.instant.parse)
      // Seen inside a transaction, it may be gone again with a rollback.
      if (transaction === null) this.#exists = true
      return state
    } catch (error) {
      if (dialect.classify(error) === 'MISSING_TABLE') return new VersionState([], dialect.instant.parse)
      throw error
    }
  }

  async #recorded(transaction: Transaction | null): Promise<readonly RawRow[] | RowTexts> {
    const { dialect, sequelize } = this
    const columns = COLUMNS.map((name) => (name === 'applied_at' ? dialect.instant.select(name) : name))
    if (dialect.inOneRow !== undefined) {
      const { list, lines } = dialect.inOneRow
      const sql =
        `SELECT ${lines(list(columns.slice(0, -1)))} AS listed, ${lines(MARK_SQL)} AS marks, ${lines('note')} AS notes ` +
        `FROM (SELECT * FROM ${this.name.quoted} ORDER BY revision)`
      const [texts] = await selectWith<RowTexts>(sequelize, sql, transaction)
      return texts ?? []
    }
    const named = columns.map((column, index) => `${column} AS ${COLUMNS[index]}`).join(', ')
    const sql = `SELECT ${named} FROM ${this.name.quoted}`
    const found = await selectWith<Record<(typeof COLUMNS)[number], unknown>>(sequelize, sql, transaction)
    return found.map((row) => COLUMNS.map((name) => row[name]) as unknown as RawRow)
  }

  /** The states of these revisions, inside a step: a thousand steps must not read a thousand rows each. */
  async statesOf(
    session: Session,
    revisions: readonly string[],
  ): Promise<ReadonlyMap<string, VersionRow['state']>> {
    const list = revisions.map((revision) => this.#text(revision)).join(', ')
    const rows = await session.select<Pick<VersionRow, 'revision' | 'state'>>(
      `SELECT revision, state FROM ${this.name.quoted} WHERE revision IN (${list})`,
    )
    return new Map(rows.map((row) => [row.revision, row.state]))
  }

  /** Makes the table where it was never seen. Idempotent; to be called under the lock. */
  async ensure(session: Session): Promise<void> {
    if (this.#exists || this.#madeIn.has(session)) return
    this.#madeIn.add(session)
    if (this.#schema !== undefined && this.dialect.capabilities.schemas) {
      await this.#ensureSchema(session, this.#schema)
    }
    await session.run(this.#createSql())
  }

  /** What was done in the session is there to stay. */
  committed(session: Session): void {
    if (this.#madeIn.has(session)) this.#exists = true
  }

  /** The database was exchanged: whether the table is there has to be found out again. */
  forget(): void {
    this.#exists = false
  }

  /** What makes the table, and its schema, where they are not there. */
  ensureSql(): readonly string[] {
    return this.#schema !== undefined && this.dialect.capabilities.schemas
      ? [this.#schemaSql(this.#schema), this.#createSql()]
      : [this.#createSql()]
  }

  #createSql(): string {
    return (
      `CREATE TABLE IF NOT EXISTS ${this.name.quoted} (` +
      'revision VARCHAR(255) NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL, checksum VARCHAR(64), ' +
      `applied_at ${this.dialect.instant.type} NOT NULL, duration_ms INTEGER NOT NULL, ` +
      'state VARCHAR(8) NOT NULL, version VARCHAR(32) NOT NULL, breaking SMALLINT NOT NULL, ' +
      `applied_by VARCHAR(${MOST_OF_A_NAME}), note TEXT)`
    )
  }

  #schemaSql(schema: string): string {
    return `CREATE SCHEMA IF NOT EXISTS ${this.sequelize.getQueryInterface().quoteIdentifier(schema, true)}`
  }

  /** CREATE SCHEMA IF NOT EXISTS wants a right on the database even where the schema is there. */
  async #ensureSchema(session: Session, schema: string): Promise<void> {
    const [found] = await session.select(
      `SELECT 1 AS found FROM information_schema.schemata WHERE schema_name = ${this.#text(schema)}`,
    )
    if (found !== undefined) return
    await session.run(this.#schemaSql(schema))
  }

  async insert(session: Session, row: NewVersionRow): Promise<void> {
    await session.run(this.insertSql(row, this.dialect.instant.literal(new Date()), whoRuns()))
  }

  /** Several rows in as few statements as their number allows: each costs a way to the engine and back. */
  async insertAll(session: Session, rows: readonly TimedRow[]): Promise<void> {
    const by = whoRuns()
    for (let from = 0; from < rows.length; from += ROWS_A_STATEMENT) {
      const part = rows.slice(from, from + ROWS_A_STATEMENT)
      const hasNote = part.some(({ row }) => row.note !== undefined)
      const values = part.map(({ row, at }) =>
        this.#valuesSql(row, this.dialect.instant.literal(at), by, hasNote),
      )
      await session.run(`${this.#insertInto(hasNote)} VALUES ${values.join(', ')}`)
    }
  }

  /**
   * @param at - SQL of the instant at which it was applied.
   * @param by - Who applied it; `null` where that is not known when the statement is made.
   */
  insertSql(row: NewVersionRow, at: string, by: string | null): string {
    const hasNote = row.note !== undefined
    return `${this.#insertInto(hasNote)} VALUES ${this.#valuesSql(row, at, by, hasNote)}`
  }

  #insertInto(hasNote: boolean): string {
    const columns = hasNote ? COLUMNS : COLUMNS.slice(0, -1)
    return `INSERT INTO ${this.name.quoted} (${columns.join(', ')})`
  }

  #valuesSql(row: NewVersionRow, at: string, by: string | null, hasNote: boolean): string {
    const values = [
      this.#text(row.revision),
      this.#text(row.name),
      row.checksum === null ? 'NULL' : this.#text(row.checksum),
      at,
      Math.round(row.durationMs),
      this.#text(row.state),
      this.#text(VERSION),
      row.breaking ? 1 : 0,
      by === null ? 'NULL' : this.#text(by),
    ]
    if (hasNote) values.push(row.note === undefined ? 'NULL' : this.#text(row.note))
    return `(${values.join(', ')})`
  }

  async setState(session: Session, revision: string, state: VersionRow['state']): Promise<void> {
    await session.run(
      `UPDATE ${this.name.quoted} SET state = ${this.#text(state)} WHERE revision = ${this.#text(revision)}`,
    )
  }

  async delete(session: Session, revision: string): Promise<void> {
    await session.run(this.deleteSql(revision))
  }

  deleteSql(revision: string): string {
    return `DELETE FROM ${this.name.quoted} WHERE revision = ${this.#text(revision)}`
  }

  #text(value: string): string {
    return this.sequelize.escape(value)
  }

  #quote(table: { readonly tableName: string; readonly schema?: string }): string {
    return quoteTable(this.sequelize.getQueryInterface(), table)
  }
}

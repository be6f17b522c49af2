import type { Sequelize, Transaction } from 'sequelize'
import type { Dialect } from '../dialect.js'
import { MigratorError, messageOf, StepError } from '../errors.js'
import { refuseIrreversible } from '../revisions/guards.js'
import { describeRevision, type KnownRevision } from '../revisions/revision.js'
import type { BatchCall, BatchProgress } from './batch.js'
import { sampleBatch } from './batch-sample.js'
import { callAuthor } from './call-author.js'
import { CallSites } from './call-site.js'
import { unsentResult } from './not-given-yet.js'
import { redact, redactCause } from './redact.js'
import type { Direction } from './run.js'
import { firstWords, outsideStep, StepScope, transactionControl } from './scope.js'
import { readable } from './session.js'
import type { StatementHandler } from './statement-handler.js'
import { bareStatements, transactionControlIn } from './transaction-control.js'
import { watchInstance } from './watch-instance.js'

/** Where a step's statements go when they are collected and not run. */
export interface RecordOptions {
  readonly sequelize: Sequelize
  readonly dialect: Dialect
  readonly direction: Direction
  /** `database`: what a step reads is read from the live database. `none`: a step that reads is refused. */
  readonly reads: 'database' | 'none'
}

/**
 * The statements that a step would send, in order, as complete SQL. Its code runs; what it sends is noted and not sent.
 *
 * @throws MigratorError `IRREVERSIBLE`, `OFFLINE_READ`; StepError `STEP_FAILED` and the codes of a step.
 */
export const recordStep = async (
  revision: KnownRevision,
  options: RecordOptions,
): Promise<readonly string[]> => (await recordStatements(revision, options)).map(({ sql }) => sql)

/** A statement that a step would send. */
export interface RecordedStatement {
  readonly sql: string
  /** Of the revision file, from which it comes, the innermost first; empty where they are not known. */
  readonly lines: readonly number[]
}

/** As {@link recordStep}, with the lines of the revision file from which the statements come. */
export const recordStatements = async (
  revision: KnownRevision,
  { sequelize, dialect, direction, reads }: RecordOptions,
): Promise<readonly RecordedStatement[]> => {
  const body = await revision.load()
  if (direction === 'down' && body.down === undefined) throw refuseIrreversible(revision)
  const isOneTransaction = body.transaction && dialect.stepTransaction !== undefined
  const recorder = new Recorder(sequelize, dialect, reads, isOneTransaction, new CallSites(revision.path))
  const scope = new StepScope(sequelize, recorder.transaction, recorder)
  const release = watchInstance(sequelize)
  try {
    await callAuthor(scope, dialect, revision, body, direction)
    return recorder.statements.map((sql, at) => ({ sql, lines: recorder.lines[at] ?? [] }))
  } catch (error) {
    throw recordError(error, revision, direction, scope)
  } finally {
    release()
  }
}

const recordError = (
  error: unknown,
  revision: KnownRevision,
  direction: Direction,
  { sequelize, statements }: StepScope,
): StepError =>
  new StepError(
    error instanceof MigratorError ? error.code : 'STEP_FAILED',
    `The statements of revision ${describeRevision(revision)} (${revision.label}) going ${direction} cannot be told without running ` +
      `it: ${redact(messageOf(error), sequelize)}. Nothing was run.`,
    { revision: revision.revision, direction, statement: statements },
    { cause: redactCause(error, sequelize), subject: revision.label },
  )

type QueryOptions = Readonly<Record<string, unknown>> & {
  readonly type?: string
  readonly plain?: boolean
  /** Of a model. */
  readonly instance?: unknown
}

interface QueryClass {
  formatBindParameters(sql: string, values: unknown, dialect: string): [string, unknown]
}

/** Of a class of its own: Sequelize's methods copy plain objects, and would copy the connection with them. */
class NotedTransaction {
  constructor(
    readonly connection: object,
    readonly rollback: () => Promise<void>,
  ) {}

  async commit(): Promise<void> {}
}

/** Sequelize forms the text of each statement, as it does for the database; instead of its driver comes this (docs/decisions/0033). */
class Recorder implements StatementHandler {
  readonly mode = 'collected'
  readonly statements: string[] = []
  /** Of the statements of the same numbers, where they are known. */
  readonly lines: (readonly number[] | undefined)[] = []
  readonly #connection = {}
  /** Open for as long as the step runs, on no connection. */
  readonly transaction = this.#open()
  readonly #forming: Sequelize

  constructor(
    readonly sequelize: Sequelize,
    readonly dialect: Dialect,
    readonly reads: 'database' | 'none',
    /** The step is one transaction, which it must not end. */
    readonly isOneTransaction: boolean,
    readonly sites: CallSites,
  ) {
    const take = (sql: string, options: QueryOptions): Promise<unknown> => this.#take(sql, options)
    const engine = (sequelize as unknown as { dialect: { Query: QueryClass } }).dialect
    // Of the abstract class: the values themselves in place of the driver's placeholders.
    const inline = Object.getPrototypeOf(engine.Query) as QueryClass
    class Query {
      static formatBindParameters(sql: string, values: unknown, name: string): [string, unknown] {
        return inline.formatBindParameters(sql, values, name)
      }
      constructor(
        _connection: unknown,
        _sequelize: unknown,
        readonly options: QueryOptions,
      ) {}
      run(sql: string): Promise<unknown> {
        return take(sql, this.options)
      }
    }
    this.#forming = Object.create(sequelize, {
      dialect: { value: Object.create(engine, { Query: { value: Query } }) },
    })
  }

  async run(sql: string, options: QueryOptions, _send: unknown, values: object): Promise<unknown> {
    if (this.isOneTransaction && transactionControlIn(sql) !== undefined) throw transactionControl(sql)
    const { query } = this.sequelize.constructor.prototype as Sequelize
    return outsideStep(() => query.call(this.#forming, sql, { ...options, ...values } as object))
  }

  around<T>(call: () => T): T {
    return this.sites.around(call)
  }

  /** A transaction of the author's is part of the step. */
  async begin(_options: unknown, callback: unknown): Promise<unknown> {
    const transaction = this.#open()
    if (typeof callback !== 'function') return transaction
    try {
      return await callback(transaction)
    } catch (error) {
      await transaction.rollback()
      throw error
    }
  }

  async batch(call: BatchCall): Promise<BatchProgress> {
    if (this.reads === 'database') return sampleBatch(call, this.statements, this.sequelize)
    throw new MigratorError(
      'OFFLINE_READ',
      `it goes through the rows of a table (${call.method} over "${call.table}"), and there is no database to read them from`,
    )
  }

  /** On no connection, the same one each time; taken back, its statements are none of the step's. */
  #open(): Transaction {
    const before = this.statements.length
    const rollback = async (): Promise<void> => {
      this.statements.splice(before)
      this.lines.splice(before)
    }
    return new NotedTransaction(this.#connection, rollback) as unknown as Transaction
  }

  async #take(sql: string, options: QueryOptions): Promise<unknown> {
    if (!isRead(sql, options)) {
      if (wantsRows(sql, options))
        throw new MigratorError(
          'OFFLINE_READ',
          `it reads what it writes ("${firstWords(sql)}"), which nobody knows before it has run`,
        )
      this.lines[this.statements.length] = this.sites.lines
      this.statements.push(sql.trim().replace(/(?:\s*;)+$/u, ''))
      return unsentResult(options)
    }
    if (this.reads === 'none') {
      const rows = this.dialect.rowsOffline?.(sql)
      if (rows !== undefined) return answerOf(rows, options)
      throw new MigratorError(
        'OFFLINE_READ',
        `it reads ("${firstWords(sql)}"), and there is no database to read from`,
      )
    }
    const { bind: _bind, replacements: _replacements, ...rest } = options
    return outsideStep(() => readable(this.sequelize).query(sql, { ...rest, transaction: null } as object))
  }
}

const READS = /^\(*\s*(?:SELECT|SHOW|DESCRIBE|DESC|VALUES|TABLE|WITH)\b/iu
const EXPLAINS = /^EXPLAIN\b/iu
const EXPLAINS_BY_RUNNING = /^EXPLAIN\b[\s\S]*\bANALY[SZ]E\b/iu
// Not the functions of these names, and not `SELECT … FOR UPDATE`.
const WRITES =
  /\b(?:(?:INSERT|REPLACE)\b(?!\s*\()|(?<!\bFOR\s+(?:NO\s+KEY\s+)?)UPDATE\b|DELETE\b|MERGE\b|INTO\b)/iu
// Functions of PostgreSQL that are called for what they change.
const ACTS = /\b(?:nextval|setval|set_config|pg_notify|pg_(?:try_)?advisory_\w+)\s*\(/iu
// Others set what they are given.
const PRAGMA_READS =
  /^PRAGMA\s+(?:\w+\s*\.\s*)?(?:(?!optimize|wal_checkpoint|incremental_vacuum|shrink_memory)\w+$|(?:table_list|(?:table|index)_x?info|index_list|foreign_key_(?:list|check)|(?:integrity|quick)_check)\s*\()/iu
/** Of Sequelize's own methods. */
const READ_TYPES: ReadonlySet<unknown> = new Set([
  ...['SHOWTABLES', 'SHOWINDEXES', 'SHOWCONSTRAINTS', 'DESCRIBE', 'FOREIGNKEYS', 'VERSION'],
])

/** Whether a text changes nothing, whatever its author calls it: only then may it be sent. */
const isRead = (sql: string, { type }: QueryOptions): boolean => {
  if (READ_TYPES.has(type)) return true
  const statements = bareStatements(sql)
  return statements.length > 0 && statements.every(changesNothing)
}

const changesNothing = (statement: string): boolean => {
  if (PRAGMA_READS.test(statement)) return true
  if (EXPLAINS.test(statement) && !EXPLAINS_BY_RUNNING.test(statement)) return true
  return (
    (READS.test(statement) || EXPLAINS.test(statement)) && !WRITES.test(statement) && !ACTS.test(statement)
  )
}

/** Whether the author is to be given what a writing text answers; of a model, Sequelize asks for it unasked. */
const wantsRows = (sql: string, { type, instance, model }: QueryOptions): boolean => {
  const bare = bareStatements(sql).join(';')
  if (/\bnextval\s*\(/iu.test(bare) && READS.test(bare)) return true
  if (type === 'SELECT') return !ACTS.test(bare)
  return (
    instance === undefined && model === undefined && /\bRETURNING\b/iu.test(bare) && !/^CREATE\b/iu.test(bare)
  )
}

/** Rows as Sequelize gives them: a RAW query with what the driver says beside. */
const answerOf = (rows: readonly object[], { type, plain }: QueryOptions): unknown => {
  if (plain === true) return rows[0] ?? null
  return type === 'RAW' ? [rows, { rows }] : rows
}

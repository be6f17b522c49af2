import type { Sequelize, Transaction } from 'sequelize'
import type { Dialect } from '../dialect.js'
import { MigratorError, messageOf, StepError } from '../errors.js'
import { refuseIrreversible } from '../revisions/guards.js'
import { describeRevision, type KnownRevision } from '../revisions/revision.js'
import { bindOp } from './bind-op.js'
import { redact, redactCause } from './redact.js'
import type { Direction } from './run.js'
import {
  firstWords,
  outsideStep,
  type StatementHandler,
  StepScope,
  transactionControl,
  watchInstance,
} from './scope.js'
import { transactionControlIn } from './transaction-control.js'

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
  { sequelize, dialect, direction, reads }: RecordOptions,
): Promise<readonly string[]> => {
  const body = await revision.load()
  const call = direction === 'up' ? body.up : body.down
  if (call === undefined) throw refuseIrreversible(revision)
  const holdsLock = body.transaction && dialect.stepTransaction !== undefined
  const recorder = new Recorder(sequelize, dialect, reads, holdsLock)
  const scope = new StepScope(sequelize, recorder.transaction, recorder)
  const release = watchInstance(sequelize)
  try {
    const op = bindOp(scope, dialect, revision)
    let failure: { readonly reason: unknown } | undefined
    try {
      await scope.enter(async () => call(op, sequelize.constructor))
    } catch (reason) {
      failure = { reason }
    }
    const forgotten = await scope.finish()
    if (failure !== undefined) throw failure.reason
    if (forgotten !== undefined) throw forgotten
    return recorder.statements
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

type QueryOptions = Readonly<Record<string, unknown>> & { readonly type?: string; readonly plain?: boolean }

interface QueryClass {
  formatBindParameters(sql: string, values: unknown, dialect: string): [string, unknown]
}

/** Sequelize forms the text of each statement, as it does for the database; instead of its driver comes this (docs/decisions/0033). */
class Recorder implements StatementHandler {
  readonly mode = 'collected'
  readonly statements: string[] = []
  /** Open for as long as the step runs, on no connection. */
  readonly transaction = {
    connection: {},
    commit: async () => {},
    rollback: async () => {},
  } as unknown as Transaction
  readonly #forming: Sequelize

  constructor(
    readonly sequelize: Sequelize,
    readonly dialect: Dialect,
    readonly reads: 'database' | 'none',
    /** The step is one transaction, which it must not end. */
    readonly holdsLock: boolean,
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

  async run(sql: string, options: QueryOptions): Promise<unknown> {
    if (this.holdsLock && transactionControlIn(sql) !== undefined) throw transactionControl(sql)
    const { query } = this.sequelize.constructor.prototype as Sequelize
    return outsideStep(() => query.call(this.#forming, sql, options as object))
  }

  /** A transaction of the author's is part of the step. */
  async begin(_options: unknown, callback: unknown): Promise<unknown> {
    return typeof callback === 'function' ? callback(this.transaction) : this.transaction
  }

  async #take(sql: string, options: QueryOptions): Promise<unknown> {
    if (!isRead(sql, options)) {
      this.statements.push(sql.trim().replace(/(?:\s*;)+$/u, ''))
      return resultOf(options)
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
    return outsideStep(() => this.sequelize.query(sql, { ...rest, transaction: null } as object))
  }
}

const READS = /^(?:SELECT|SHOW|EXPLAIN|DESCRIBE|DESC|VALUES|TABLE)\b|^PRAGMA\s+[\w.]+\s*(?:\(|;?$)/iu
const WRITES = /\b(?:INSERT|UPDATE|DELETE|MERGE|REPLACE)\b/iu
const READ_TYPES: ReadonlySet<unknown> = new Set([
  ...['SELECT', 'SHOWTABLES', 'SHOWINDEXES', 'SHOWCONSTRAINTS', 'DESCRIBE', 'FOREIGNKEYS', 'VERSION'],
])

const isRead = (sql: string, { type }: QueryOptions): boolean => {
  const text = sql.replace(/^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/u, '')
  return READ_TYPES.has(type) || READS.test(text) || (/^WITH\b/iu.test(text) && !WRITES.test(text))
}

/** Rows as Sequelize gives them: a RAW query with what the driver says beside. */
const answerOf = (rows: readonly object[], { type, plain }: QueryOptions): unknown => {
  if (plain === true) return rows[0] ?? null
  return type === 'RAW' ? [rows, { rows }] : rows
}

/** What Sequelize's methods expect of a statement that has written nothing. */
const resultOf = ({ type, instance }: QueryOptions): unknown => {
  if (type === 'BULKUPDATE' || type === 'BULKDELETE' || type === 'DELETE') return 0
  return [instance ?? [], 0]
}

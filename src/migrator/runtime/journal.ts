import { createHash } from 'node:crypto'
import type { Transaction } from 'sequelize'
import type { Dialect, JournalHints, Session } from '../dialect.js'
import { MigratorError } from '../errors.js'
import { type JournalEntry, type JournalTable, VOUCHED } from './journal-table.js'
import type { Direction } from './run.js'
import { firstWords, type StatementHandler } from './scope.js'

// What reads, and what belongs to the connection: sent again on every run, never noted.
const UNNOTED =
  /^\s*(?:SELECT|SHOW|DESCRIBE|DESC|EXPLAIN|PRAGMA|SET|RESET|USE|LOCK\s+TABLES|UNLOCK\s+TABLES)\b/iu
const AUTHOR_BEGINS = /^\s*(?:BEGIN|START\s+TRANSACTION)\b/iu
const AUTHOR_ENDS = /^\s*(?:COMMIT|ROLLBACK)\b(?!\s+TO\b)/iu

/**
 * Takes the place of a transaction where there can be none: numbers the statements of a step and notes each, so that a
 * run after a crash skips what is done and goes on. See docs/decisions/0022-a-journal-where-ddl-commits.md.
 */
export class Journal implements StatementHandler {
  readonly mode = 'numbered'
  #step = 0
  #inTransaction = false
  #savepoints = 0
  #queue: Promise<unknown> = Promise.resolve()
  readonly #noted: ReadonlyMap<number, JournalEntry>

  constructor(
    readonly session: Session,
    readonly dialect: Dialect,
    readonly table: JournalTable,
    readonly revision: string,
    readonly direction: Direction,
    entries: readonly JournalEntry[],
  ) {
    this.#noted = new Map(entries.map((entry) => [entry.step, entry]))
  }

  /** One statement after another: they share a connection, and their numbers are their order. */
  run(
    sql: string,
    options: Readonly<Record<string, unknown>>,
    send: () => Promise<unknown>,
  ): Promise<unknown> {
    return this.#inTurn(() => this.#runNow(sql, options, send))
  }

  /** A transaction of the author's: real, and over with the first statement that commits by itself. */
  async begin(_options: unknown, callback: unknown): Promise<unknown> {
    this.#savepoints += 1
    const savepoint = this.#inTransaction ? `sm2kit_${this.#savepoints}` : undefined
    const [begin, commit, rollback] =
      savepoint === undefined
        ? ['BEGIN', 'COMMIT', 'ROLLBACK']
        : [`SAVEPOINT ${savepoint}`, `RELEASE SAVEPOINT ${savepoint}`, `ROLLBACK TO SAVEPOINT ${savepoint}`]
    await this.#inTurn(async () => {
      await this.session.run(begin)
      this.#inTransaction = true
    })
    const end = (how: string) => (): Promise<void> =>
      this.#inTurn(async () => {
        if (savepoint === undefined) this.#inTransaction = false
        await this.session.run(how)
      })
    const transaction: Transaction = Object.create(this.session.transaction, {
      commit: { value: end(commit) },
      rollback: { value: end(rollback) },
    })
    if (typeof callback !== 'function') return transaction
    try {
      const result: unknown = await callback(transaction)
      await transaction.commit()
      return result
    } catch (error) {
      if (this.#inTransaction) await transaction.rollback()
      throw error
    }
  }

  async #runNow(
    sql: string,
    options: Readonly<Record<string, unknown>>,
    send: () => Promise<unknown>,
  ): Promise<unknown> {
    if (AUTHOR_BEGINS.test(sql)) this.#inTransaction = true
    if (AUTHOR_ENDS.test(sql)) this.#inTransaction = false
    const hints = hintsIn(options)
    if (hints.isUnnoted === true) return send()
    if (hints.asks !== undefined) return this.#isNextDone(hashOf(hints.asks, options))
    if (UNNOTED.test(sql) || AUTHOR_BEGINS.test(sql) || AUTHOR_ENDS.test(sql)) return send()

    this.#step += 1
    const entry: JournalEntry = {
      step: this.#step,
      hash: hashOf(hints.as ?? sql, options),
      done: true,
      fingerprint: null,
      statement: firstWords(sql),
    }
    const noted = this.#noted.get(this.#step)
    if (noted !== undefined && (await this.#isDone(noted, entry, sql, hints))) return SKIPPED
    return this.dialect.autocommits(sql)
      ? this.#runAutocommit(entry, sql, send, noted !== undefined)
      : this.#runTransactional(entry, send)
  }

  /** The statement commits by itself: note it before and after, with what the catalogue looked like before. */
  async #runAutocommit(
    entry: JournalEntry,
    sql: string,
    send: () => Promise<unknown>,
    noted: boolean,
  ): Promise<unknown> {
    const reopen = this.#inTransaction
    if (reopen) await this.session.run('COMMIT')
    if (!noted) {
      const fingerprint = await this.dialect.fingerprint(this.session, sql)
      await this.table.insert(this.revision, this.direction, { ...entry, done: false, fingerprint })
    }
    let result: unknown
    try {
      result = await send()
    } catch (error) {
      // The engine's answer says that it did nothing; when the connection is lost this fails too, and the note stays.
      await this.table.delete(this.revision, entry.step).catch(() => {})
      throw error
    }
    await this.table.setDone(this.revision, entry.step)
    if (reopen) await this.session.run('BEGIN')
    return result
  }

  /** The statement and its note are one transaction, or are in the author's. */
  async #runTransactional(entry: JournalEntry, send: () => Promise<unknown>): Promise<unknown> {
    const own = !this.#inTransaction
    if (own) await this.session.run('BEGIN')
    try {
      const result = await send()
      await this.table.insert(this.revision, this.direction, entry)
      if (own) await this.session.run('COMMIT')
      return result
    } catch (error) {
      if (own) await this.session.run('ROLLBACK').catch(() => {})
      throw error
    }
  }

  #isNextDone(hash: string): boolean {
    const noted = this.#noted.get(this.#step + 1)
    return noted?.done === true && (noted.hash === hash || noted.hash === VOUCHED)
  }

  async #isDone(
    noted: JournalEntry,
    entry: JournalEntry,
    sql: string,
    hints: JournalHints,
  ): Promise<boolean> {
    if (noted.hash !== entry.hash && noted.hash !== VOUCHED) {
      throw noted.done
        ? this.#edited(noted, entry)
        : this.#unknowable(noted, 'the revision now sends another one')
    }
    if (noted.done) return true
    if (hints.isRepeatable === true) return false
    if ((await this.dialect.fingerprint(this.session, sql)) === noted.fingerprint) return false
    if (!this.dialect.capabilities.atomicStatements) {
      throw this.#unknowable(noted, 'the schema has changed since, so the statement may have run in part')
    }
    await this.table.setDone(this.revision, noted.step)
    return true
  }

  #edited(noted: JournalEntry, entry: JournalEntry): MigratorError {
    return new MigratorError(
      'INTERRUPTED',
      `statement ${noted.step} (${noted.statement} …) was done by a run that was interrupted, and the revision now sends ` +
        `another one there (${entry.statement} …). Put that statement back as it was; or, if what is done will do, call ` +
        `resolve('${this.revision}', 'applied'), which accepts everything that is noted; then run again`,
    )
  }

  #unknowable(noted: JournalEntry, why: string): MigratorError {
    return new MigratorError(
      'INTERRUPTED',
      `statement ${noted.step} (${noted.statement} …) was begun by a run that was interrupted, and ${why}. ` +
        `Look whether it has done its work: then call resolve('${this.revision}', 'applied'), else ` +
        `resolve('${this.revision}', 'not-applied'), and run again`,
    )
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(task)
    this.#queue = turn.catch(() => {})
    return turn
  }
}

/** What a statement that is already done answers: no rows, nothing affected. */
const SKIPPED: readonly [number, number] = [0, 0]

const hintsIn = (options: Readonly<Record<string, unknown>>): JournalHints =>
  (options as { readonly journal?: JournalHints }).journal ?? {}

const hashOf = (sql: string, options: Readonly<Record<string, unknown>>): string =>
  createHash('sha256')
    .update(sql)
    .update(
      JSON.stringify([options['replacements'] ?? null, options['bind'] ?? null], (_key, value: unknown) =>
        typeof value === 'bigint' ? `${value}n` : value,
      ),
    )
    .digest('hex')

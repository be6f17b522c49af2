import { AsyncLocalStorage } from 'node:async_hooks'
import type { Transaction } from 'sequelize'
import type { Dialect, JournalHints, Session } from '../dialect.js'
import { MigratorError } from '../errors.js'
import { advance, type BatchCall, type BatchProgress, goThrough, START } from './batch.js'
import { edited, fits, hashOf, hintsIn, unknowable } from './journal-entry.js'
import { forgottenInBatch, OpenPage } from './journal-page.js'
import { type JournalEntry, type JournalTable, VOUCHED } from './journal-table.js'
import type { Direction } from './run.js'
import { firstWords } from './scope.js'
import type { StatementHandler } from './statement-handler.js'

// What reads, and what belongs to the connection: sent again on every run, never noted.
const UNNOTED =
  /^\s*(?:SELECT|SHOW|DESCRIBE|DESC|EXPLAIN|PRAGMA|SET|RESET|USE|LOCK\s+TABLES|UNLOCK\s+TABLES)\b/iu
const AUTHOR_BEGINS = /^\s*(?:BEGIN|START\s+TRANSACTION)\b/iu
const AUTHOR_ENDS = /^\s*(?:COMMIT|ROLLBACK)\b(?!\s+TO\b)/iu

/** The page of a batch that the caller belongs to. */
const pages = new AsyncLocalStorage<OpenPage>()

/**
 * Takes the place of a transaction where there can be none: numbers the statements of a step and notes each, so that a
 * run after a crash skips what is done and goes on. See docs/decisions/0022-a-journal-where-ddl-commits.md.
 */
export class Journal implements StatementHandler {
  readonly mode = 'numbered'
  readonly isOneTransaction = false
  #step = 0
  #inTransaction = false
  #savepoints = 0
  /** The batch that is under way: until it is over nothing else of the step is. */
  #batch: BatchCall | undefined
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
    const page = pages.getStore()
    if (page?.journal === this) return page.run(sql, this.dialect.autocommits(sql), send)
    this.#refuseBesideBatch(sql)
    return this.#inTurn(() => this.#runNow(sql, options, send))
  }

  /** A former run may have done it, and more: what it was made from is then not there to be read any more. */
  isDone(asked: string): Promise<boolean> {
    return this.#inTurn(async () => {
      const entry = this.#entryOf(asked, {}, this.#step + 1)
      const noted = this.#noted.get(entry.step)
      if (noted === undefined || (noted.hash !== entry.hash && noted.hash !== VOUCHED)) return false
      if (!(await this.#isDone(noted, entry, asked, {}))) return false
      this.#step = entry.step
      return true
    })
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

  /**
   * Goes through a table. The call has a number, as a statement has; each page is a transaction that holds what its function
   * did and the place behind it, so that a run after a crash goes on there.
   */
  async batch(call: BatchCall): Promise<BatchProgress> {
    // Inside a page of another batch it is a part of that.
    if (pages.getStore()?.journal === this) return goThrough(call)
    const { entry, from, isNoted } = await this.#inTurn(async () => this.#enterBatch(call))
    try {
      if (!from.done) await call.prepare(true)
      let progress = from
      while (!progress.done) {
        const before = progress
        const insert = !isNoted && before === from
        progress = await this.#inTurn(() => this.#runPage(call, entry, before, insert))
        if (progress.batches > before.batches) await call.told(progress)
      }
      return progress
    } finally {
      this.#batch = undefined
    }
  }

  /** Gives the call its number, and finds how far a former run has come with it. */
  #enterBatch(call: BatchCall): {
    readonly entry: JournalEntry
    readonly from: BatchProgress
    readonly isNoted: boolean
  } {
    this.#refuseBesideBatch(call.method)
    if (this.#inTransaction) {
      throw new MigratorError(
        'TRANSACTION_CONTROL',
        `${call.method} on "${call.table}" commits each batch, which would end the transaction around it. Call it outside`,
        { subject: call.table },
      )
    }
    this.#step += 1
    const entry: JournalEntry = {
      step: this.#step,
      // Neither the size of a page nor what is done with one: an author may mend both, and go on.
      hash: hashOf(JSON.stringify([call.method, call.table, call.name]), {}),
      done: false,
      fingerprint: null,
      statement: firstWords(`${call.method} ${call.name}`),
    }
    this.#batch = call
    const noted = this.#noted.get(entry.step)
    if (noted === undefined) return { entry, from: START, isNoted: false }
    const isSame = noted.progress === undefined ? noted.hash === VOUCHED : fits(noted, entry)
    if (!isSame) {
      this.#batch = undefined
      throw edited(this.revision, noted, entry)
    }
    // An operator's word on a statement that stood here before: its work is done.
    const from: BatchProgress =
      noted.progress === undefined ? { ...START, done: true } : JSON.parse(noted.progress)
    return { entry, from, isNoted: true }
  }

  /** One page and its place, in one transaction. */
  async #runPage(
    call: BatchCall,
    entry: JournalEntry,
    from: BatchProgress,
    insert: boolean,
  ): Promise<BatchProgress> {
    const page = new OpenPage(this, call.method)
    await this.session.run('BEGIN')
    this.#inTransaction = true
    try {
      const progress = await pages.run(page, () => advance(call, from))
      await page.close()
      const noted = { ...entry, done: progress.done, progress: JSON.stringify(progress) }
      if (insert) await this.table.insert(this.revision, this.direction, noted)
      else await this.table.setProgress(this.revision, noted)
      await this.session.run('COMMIT')
      return progress
    } catch (error) {
      await page.close().catch(() => {})
      await this.session.run('ROLLBACK').catch(() => {})
      throw error
    } finally {
      this.#inTransaction = false
    }
  }

  #refuseBesideBatch(statement: string): void {
    if (this.#batch !== undefined) throw forgottenInBatch(this.#batch.method, statement)
  }

  async #runNow(
    sql: string,
    options: Readonly<Record<string, unknown>>,
    send: () => Promise<unknown>,
  ): Promise<unknown> {
    this.#refuseBesideBatch(sql)
    if (AUTHOR_BEGINS.test(sql)) this.#inTransaction = true
    if (AUTHOR_ENDS.test(sql)) this.#inTransaction = false
    const hints = hintsIn(options)
    if (hints.isUnnoted === true) return send()
    if (UNNOTED.test(sql) || AUTHOR_BEGINS.test(sql) || AUTHOR_ENDS.test(sql)) return send()

    this.#step += 1
    const known = hints.as ?? sql
    const entry = { ...this.#entryOf(known, options, this.#step), statement: firstWords(sql) }
    const noted = this.#noted.get(this.#step)
    if (noted !== undefined && (await this.#isDone(noted, entry, known, hints))) return SKIPPED
    return this.dialect.autocommits(sql)
      ? this.#runAutocommit(entry, known, send, noted !== undefined)
      : this.#runTransactional(entry, send)
  }

  #entryOf(known: string, options: Readonly<Record<string, unknown>>, step: number): JournalEntry {
    return { step, hash: hashOf(known, options), done: true, fingerprint: null, statement: firstWords(known) }
  }

  /** The statement commits by itself: note it before and after, with what the catalogue looked like before. */
  async #runAutocommit(
    entry: JournalEntry,
    known: string,
    send: () => Promise<unknown>,
    noted: boolean,
  ): Promise<unknown> {
    const reopen = this.#inTransaction
    if (reopen) await this.session.run('COMMIT')
    if (!noted) {
      const fingerprint = await this.dialect.fingerprint(this.session, known)
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

  async #isDone(
    noted: JournalEntry,
    entry: JournalEntry,
    sql: string,
    hints: JournalHints,
  ): Promise<boolean> {
    // A batch that is not over is no statement, whoever vouches for what it did.
    if (noted.progress !== undefined && !noted.done) throw edited(this.revision, noted, entry)
    if (!fits(noted, entry)) {
      throw noted.done
        ? edited(this.revision, noted, entry)
        : unknowable(this.revision, noted, 'the revision now sends another one')
    }
    if (noted.done) return true
    if (hints.isRepeatable === true) return false
    if ((await this.dialect.fingerprint(this.session, sql)) === noted.fingerprint) return false
    if (!this.dialect.capabilities.atomicStatements) {
      throw unknowable(
        this.revision,
        noted,
        'the schema has changed since, so the statement may have run in part',
      )
    }
    await this.table.setDone(this.revision, noted.step)
    return true
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    // A page has its turn already.
    if (pages.getStore()?.journal === this) return task()
    const turn = this.#queue.then(task)
    this.#queue = turn.catch(() => {})
    return turn
  }
}

/** What a statement that is already done answers: no rows, nothing affected. */
const SKIPPED: readonly [number, number] = [0, 0]

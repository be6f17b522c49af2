import type { Sequelize, Transaction } from 'sequelize'
import { MigratorError } from '../errors.js'
import { AsyncValue } from './async-value.js'
import type { QueryOptions, StatementHandler } from './statement-handler.js'
import { TrackedPromise } from './tracked-promise.js'
import { transactionControlIn } from './transaction-control.js'

/** `sequelize.query` and `sequelize.transaction`, as a scope calls them. */
export type Query = (sql: unknown, options?: QueryOptions) => Promise<unknown>
export type Begin = (options?: unknown, callback?: unknown) => Promise<unknown>

const current = new AsyncValue<StepScope | undefined>()

/** What is told of one statement: its time while it is sent, and then all of it, once. */
export interface StatementWatch {
  time(send: () => Promise<unknown>): Promise<unknown>
  tell(): Promise<void>
}

/** Runs the migrator's own queries while a step runs: they are none of the step's. */
export const outsideStep = <T>(callback: () => T): T => current.run(undefined, callback)

/** Turns of the event loop in which nothing is sent, after which nothing more is expected. */
const QUIET_TURNS = 3

/** The scope of the step that runs here on the instance. */
export const scopeHere = (sequelize: Sequelize): StepScope | undefined => {
  const scope = current.get()
  return scope?.sequelize === sequelize && !scope.isOver ? scope : undefined
}

// What outlives the transaction on its connection, or may.
const CHANGES_SESSION = /^\s*(?:SET|RESET|USE|LOCK\s+TABLES)\b|\b(?:PRAGMA|TEMP|TEMPORARY|ATTACH|DETACH)\b/iu

/**
 * One running step: every query that is sent while it runs, on the host's instance, belongs to its transaction,
 * whoever sends it. See docs/decisions/0021-one-scope-per-step.md for why this is no CLS namespace.
 */
export class StepScope {
  /** Statements that the revision has sent. */
  statements = 0
  #inFlight = 0
  readonly #failed = new WeakMap<object, string>()
  #closed = false
  readonly #calls = new Set<TrackedPromise<unknown>>()
  readonly #atEnd: (() => Promise<void>)[] = []

  constructor(
    readonly sequelize: Sequelize,
    readonly transaction: Transaction,
    readonly handler?: StatementHandler,
  ) {}

  /**
   * Whether the step's transaction has ended. Work that was only begun during the step, a client that the host made
   * then, say, goes on in this asynchronous context for ever: it is none of the step's any more.
   */
  get isOver(): boolean {
    return (this.transaction as { readonly finished?: string }).finished !== undefined
  }

  /** What is to be done before a statement of the step's is sent, where anything is. */
  beforeStatement: ((sql: string) => Promise<void> | undefined) | undefined

  /** Makes what tells of a statement, where somebody listens. */
  watch: ((sql: string, options: QueryOptions) => StatementWatch) | undefined

  /** Whether the session's settings may differ from what the host's pool expects. */
  changedSession = false

  /** The first words of the statement that an error came from, where it came from one of this step's. */
  failedStatement(error: unknown): string | undefined {
    return typeof error === 'object' && error !== null ? this.#failed.get(error) : undefined
  }

  /** Throws when the step's function has returned: what `op` does then could not be undone with the step. */
  refuseWhenClosed(what: () => string): void {
    if (this.#closed) throw forgottenAwait(`${what()} came after the step was over`)
  }

  /** Runs something inside the scope. */
  enter<T>(callback: () => T): T {
    const { handler } = this
    return current.run(this, handler?.around === undefined ? callback : () => handler.around?.(callback) as T)
  }

  /** Adds to what the step does when its function has returned, and has forgotten nothing. */
  doAtEnd(task: () => Promise<void>): void {
    this.#atEnd.push(task)
  }

  /** What a call of `op` returns: the same outcome, and remembered until somebody awaits it. */
  track(inner: Promise<unknown>): Promise<unknown> {
    const tracked = new TrackedPromise<unknown>((resolve, reject) => {
      inner.then(resolve, reject)
    })
    this.#calls.add(tracked)
    tracked.onAwaited = () => this.#calls.delete(tracked)
    // A failure that nobody awaits is reported by `finish`; it must not end the host's process first.
    Promise.prototype.then.call(tracked, undefined, () => {})
    return tracked
  }

  async query(original: Query, sql: unknown, options: QueryOptions = {}): Promise<unknown> {
    const text = textOf(sql)
    this.refuseWhenClosed(() => `the statement "${firstWords(text)}"`)
    const control = this.handler === undefined ? transactionControlIn(text) : undefined
    if (control !== undefined) throw transactionControl(control)
    if (CHANGES_SESSION.test(text)) this.changedSession = true
    const bound: QueryOptions = {
      retry: { max: 1 },
      ...options,
      transaction: this.#transactionFor(options.transaction),
    }
    this.statements += 1
    this.#inFlight += 1
    const watch = this.watch?.(text, bound)
    const call = (): Promise<unknown> => original.call(this.sequelize, sql, bound)
    const send = watch === undefined ? call : (): Promise<unknown> => watch.time(call)
    try {
      const first = this.beforeStatement?.(text)
      // Not awaited for nothing: statements that are sent at once keep their order.
      if (first !== undefined) await first
      const result = await (this.handler === undefined
        ? send()
        : this.handler.run(text, bound, send, valuesIn(sql)))
      // Behind the journal's own mark: a listener that fails is no failure of the statement.
      if (watch !== undefined) await outsideStep(() => watch.tell())
      return result
    } catch (error) {
      await watch?.tell().catch(() => {})
      if (typeof error === 'object' && error !== null) this.#failed.set(error, firstWords(text))
      throw error
    } finally {
      this.#inFlight -= 1
    }
  }

  /** The step's transaction, or a savepoint in it; never another one: its rows would not be rolled back with the step. */
  #transactionFor(given: unknown): unknown {
    const connectionOf = (transaction: unknown): unknown =>
      (transaction as { readonly connection?: unknown }).connection
    if (given === undefined || given === null) return this.transaction
    if (connectionOf(given) === connectionOf(this.transaction)) return given
    // Sequelize's models have taken it from the host's CLS namespace: nobody has named it.
    const { _cls } = this.sequelize.constructor as { readonly _cls?: { get(key: string): unknown } }
    if (_cls?.get('transaction') === given) return this.transaction
    throw new MigratorError(
      'OUTSIDE_TRANSACTION',
      'a statement names a transaction that is not the step’s; what it does could not be rolled back with the step',
    )
  }

  begin(original: Begin, options?: unknown, callback?: unknown): Promise<unknown> {
    const [given, body] = typeof options === 'function' ? [{}, options] : [options ?? {}, callback]
    if (this.handler !== undefined) return this.handler.begin(given, body)
    // A transaction of the author's becomes a savepoint in the step's.
    const transaction = this.#transactionFor((given as QueryOptions).transaction)
    return original.call(this.sequelize, { ...given, transaction }, body)
  }

  /**
   * The step's function has returned: waits for what is still under way, does what was left for the end, and closes the scope.
   *
   * @param succeeded - Otherwise the end has nothing to do.
   * @returns What the author forgot to await, or nothing.
   */
  async finish(succeeded: boolean): Promise<MigratorError | undefined> {
    const underWay = this.#inFlight
    // A chain that nobody awaited may send its next statement when the last one has come back.
    await new Promise<void>((resolve) => {
      let quiet = 0
      const look = (): void => {
        quiet = this.#inFlight === 0 ? quiet + 1 : 0
        if (quiet < QUIET_TURNS) setImmediate(look)
        else resolve()
      }
      setImmediate(look)
    })
    const ignored = [...this.#calls]
    if (underWay === 0 && ignored.length === 0) {
      if (succeeded) for (const task of this.#atEnd) await this.enter(task)
      this.#closed = true
      return undefined
    }
    this.#closed = true
    const [failure] = (await Promise.allSettled(ignored)).filter((result) => result.status === 'rejected')
    return forgottenAwait(
      ignored.length > 0
        ? `${ignored.length} call${ignored.length === 1 ? '' : 's'} of op ${ignored.length === 1 ? 'was' : 'were'} never awaited`
        : `${underWay} quer${underWay === 1 ? 'y was' : 'ies were'} still under way when it returned`,
      failure?.reason,
    )
  }
}

const forgottenAwait = (what: string, cause?: unknown): MigratorError =>
  new MigratorError('FORGOTTEN_AWAIT', `an "await" is missing: ${what}`, cause === undefined ? {} : { cause })

export const transactionControl = (sql: string): MigratorError =>
  new MigratorError(
    'TRANSACTION_CONTROL',
    `"${firstWords(sql)}" would end the transaction that holds the step and its record together. Leave it out, use ` +
      '`op.sequelize.transaction()` (a savepoint), or write `export const transaction = false` in the revision.',
  )

/** Enough of a statement to know it by; never its values. */
export const firstWords = (sql: string): string => sql.trim().split(/\s+/u).slice(0, 4).join(' ').slice(0, 60)

/** The text of what `sequelize.query` takes. */
const textOf = (sql: unknown): string => {
  if (typeof sql === 'string') return sql
  const { query } = (sql ?? {}) as { query?: unknown }
  return typeof query === 'string' ? query : ''
}

/** The values beside that text. */
const valuesIn = (sql: unknown): Readonly<Record<string, unknown>> => {
  if (typeof sql !== 'object' || sql === null) return {}
  const { bind, values } = sql as { readonly bind?: unknown; readonly values?: unknown }
  return {
    ...(bind === undefined ? {} : { bind }),
    ...(values === undefined ? {} : { replacements: values }),
  }
}

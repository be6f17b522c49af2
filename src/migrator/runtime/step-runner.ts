import { AsyncLocalStorage } from 'node:async_hooks'
import { type Dialect, LockNotTaken } from '../dialect.js'
import { MigratorError, type MigratorErrorCode, messageOf, StepError } from '../errors.js'
import { dependentsOf, refuseDependents, refuseIrreversible, refuseUnmet } from '../revisions/guards.js'
import { requirementsOf } from '../revisions/order.js'
import { describeRevision, type KnownRevision, type RevisionBody } from '../revisions/revision.js'
import { bindOp } from './bind-op.js'
import type { MigratorEvents } from './events.js'
import { Journal, JournalTable } from './journal.js'
import { inTransaction, LockedSessions } from './locked-sessions.js'
import { redact, redactCause } from './redact.js'
import { ReportBuilder } from './report.js'
import { StepScope, watchInstance } from './scope.js'
import type { PinnedSession } from './session.js'
import { unwrap } from './umzug-error.js'
import type { VersionTable } from './version-table.js'

type Direction = 'up' | 'down'

/** What the steps of one command have in common. */
export interface Run {
  readonly report: ReportBuilder
  /** Every revision that the code knew when the run began. */
  readonly all: readonly KnownRevision[]
  /** The one transaction of `transaction: 'run'`, when there is one. */
  readonly session?: PinnedSession
}

/** How a command of several steps is run. */
export interface RunOptions {
  readonly direction: Direction
  /** All steps in one transaction, where the engine has it. */
  readonly oneTransaction: boolean
  /** Every revision that the code knows. */
  readonly all: readonly KnownRevision[]
}

/** A revision to run in a direction, with what its place among the others tells. */
export interface StepToRun {
  readonly revision: KnownRevision
  readonly direction: Direction
  /** Every revision that the code knows. */
  readonly all: readonly KnownRevision[]
}

/**
 * Runs one revision in one direction, exactly once whoever else tries: lock, version table read again inside, the
 * author's code, the version row, commit. Umzug calls it for each revision of its list.
 */
export class StepRunner {
  readonly sessions: LockedSessions
  readonly #runs = new AsyncLocalStorage<Run>()
  readonly #dialect: Dialect

  constructor(
    readonly table: VersionTable,
    readonly events: MigratorEvents,
    lockTimeoutMs: number,
  ) {
    this.#dialect = table.dialect
    this.sessions = new LockedSessions(table, lockTimeoutMs)
  }

  /** Runs a command of several steps that share a report and, if wanted, a transaction. */
  async inRun<T>(options: RunOptions, command: (run: Run) => Promise<T>): Promise<T> {
    const run: Run = { report: new ReportBuilder(options.direction), all: options.all }
    try {
      if (!options.oneTransaction) return await this.#runs.run(run, () => command(run))
      return await this.sessions.inTransaction(async (session, commit) => {
        const shared = { ...run, session }
        const result = await this.#runs
          .run(shared, () => command(shared))
          .catch((error: unknown) => {
            // Here and not outside, where it would be taken for an error of the database.
            throw unwrap(error)
          })
        await commit()
        return result
      })
    } catch (error) {
      throw withReport(error, run.report)
    }
  }

  /** The run that is going on here, for reads that must see what its transaction holds. */
  currentRun(): Run | undefined {
    return this.#runs.getStore()
  }

  /** Runs a step, or finds that another process has run it meanwhile. */
  async run(step: StepToRun): Promise<void> {
    const run = this.#runs.getStore() ?? { report: new ReportBuilder(step.direction), all: step.all }
    const body = await step.revision.load()
    const release = watchInstance(this.table.sequelize)
    try {
      if (run.session !== undefined) await this.#runStep(run.session, run, step, body, async () => {})
      else if (this.#dialect.stepTransaction !== undefined && body.transaction) {
        await this.sessions.inTransaction((session, commit) =>
          this.#runStep(session, run, step, body, commit),
        )
      } else {
        await this.sessions.locked((session) => this.#runJournaled(session, run, step, body))
      }
    } finally {
      release()
    }
  }

  /** A step inside a transaction that holds the lock. */
  async #runStep(
    session: PinnedSession,
    run: Run,
    step: StepToRun,
    body: RevisionBody,
    commit: () => Promise<void>,
  ): Promise<void> {
    const { revision, direction } = step
    if (!(await this.#isToBeRun(session, run, step))) return
    const scope = new StepScope(this.table.sequelize, session.transaction)
    await this.#observe(run, step, scope, async (elapsedMs) => {
      await this.#callAuthor(scope, step, body)
      session.isChanged ||= scope.changedSession
      if (direction === 'up') await this.table.insert(session, rowOf(revision, body, elapsedMs()))
      else await this.table.delete(session, revision.revision)
      await commit()
    })
  }

  /** A step whose statements commit one by one: the lock is the session's, and a journal remembers how far it came. */
  async #runJournaled(session: PinnedSession, run: Run, step: StepToRun, body: RevisionBody): Promise<void> {
    const { revision, direction } = step
    if (!(await this.#isToBeRun(session, run, step))) return
    const journal = await this.#openJournal(session, step, body)
    const scope = new StepScope(this.table.sequelize, session.transaction, journal)
    await this.#observe(run, step, scope, async (elapsedMs) => {
      await this.#callAuthor(scope, step, body)
      session.isChanged ||= scope.changedSession
      await inTransaction(session, async () => {
        if (direction === 'up') await this.table.setState(session, revision.revision, 'applied', elapsedMs())
        else await this.table.delete(session, revision.revision)
        await journal.table.delete(revision.revision)
      })
    })
  }

  async #openJournal(session: PinnedSession, step: StepToRun, body: RevisionBody): Promise<Journal> {
    const { revision, direction } = step
    const journal = new JournalTable(session, this.table.journal)
    await journal.create()
    const begun = await journal.read(revision.revision)
    if (begun === undefined) {
      // Row and mark together, so that a row that says "started" always tells the direction.
      await inTransaction(session, async () => {
        if (direction === 'down') await this.table.setState(session, revision.revision, 'started')
        else await this.table.insert(session, { ...rowOf(revision, body, 0), state: 'started' })
        await journal.insert(revision.revision, direction, MARK)
      })
    } else if (begun.direction !== direction) {
      throw new MigratorError(
        'INTERRUPTED',
        `Revision ${describeRevision(revision)} was interrupted while going ${begun.direction}, so it cannot go ${direction}. ` +
          `Nothing was run. Finish it with ${begun.direction}() first.`,
        { revisions: [revision.revision] },
      )
    }
    return new Journal(session, this.#dialect, journal, revision.revision, direction, begun?.entries ?? [])
  }

  /** Reads the version table again, now that nobody else can write it. */
  async #isToBeRun(session: PinnedSession, run: Run, step: StepToRun): Promise<boolean> {
    const { revision, direction } = step
    await this.table.ensure(session)
    const neighbours =
      direction === 'up' ? requirementsOf(revision) : dependentsOf(revision, step.all).map(idOf)
    const states = await this.table.statesOf(session, [revision.revision, ...neighbours])
    const recorded = states.get(revision.revision)
    const done = direction === 'up' ? recorded === 'applied' : recorded === undefined
    if (done) {
      run.report.add({ ...stepOf(step), state: 'skipped', durationMs: 0, statements: 0 })
      return false
    }
    if (direction === 'up') refuseUnmet(revision, (id) => states.get(id) === 'applied')
    else refuseDependents(revision, step.all, (id) => states.has(id))
    return true
  }

  async #callAuthor(scope: StepScope, { revision, direction }: StepToRun, body: RevisionBody): Promise<void> {
    const call = direction === 'up' ? body.up : body.down
    if (call === undefined) throw refuseIrreversible(revision)
    const op = bindOp(scope, this.#dialect, revision)
    let failure: { readonly reason: unknown } | undefined
    try {
      await scope.enter(async () => call(op, scope.sequelize.constructor))
    } catch (reason) {
      failure = { reason }
    }
    const forgotten = await scope.finish()
    if (failure !== undefined) throw failure.reason
    if (forgotten !== undefined) throw forgotten
  }

  async #observe(
    run: Run,
    step: StepToRun,
    scope: StepScope,
    work: (elapsedMs: () => number) => Promise<void>,
  ): Promise<void> {
    const startedAt = performance.now()
    const elapsedMs = (): number => Math.round(performance.now() - startedAt)
    const report = (state: 'done' | 'failed'): void =>
      run.report.add({ ...stepOf(step), state, durationMs: elapsedMs(), statements: scope.statements })
    await this.events.begin(step.direction, step.revision)
    try {
      await work(elapsedMs)
    } catch (error) {
      report('failed')
      throw this.#stepError(error, run, step, scope)
    }
    report('done')
    await this.events.end(step.direction, step.revision, elapsedMs())
  }

  #stepError(error: unknown, run: Run, { revision, direction }: StepToRun, scope: StepScope): MigratorError {
    const { sequelize } = this.table
    const at = scope.statements === 0 ? 'before its first statement' : `at statement ${scope.statements}`
    const where = `Revision ${describeRevision(revision)} (${revision.label}) failed going ${direction}, ${at}`
    const rest =
      run.session === undefined ? 'What was done before it stays.' : 'Nor does anything of this run.'
    const now =
      scope.handler === undefined
        ? `Nothing of it remains. ${rest}`
        : `${this.#dialect.label} keeps completed statements: those before it remain, and are noted. ` +
          'Mend the cause and run again: it goes on from there.'
    return new StepError(
      codeOf(error),
      `${where}: ${redact(messageOf(error), sequelize)}. ${now}`,
      { revision: revision.revision, direction, statement: scope.statements },
      { cause: redactCause(error, sequelize), report: run.report.build() },
    )
  }
}

const codeOf = (error: unknown): MigratorErrorCode => {
  if (error instanceof MigratorError) return error.code
  // Its work was done, but the engine did not let it commit in time.
  return error instanceof LockNotTaken ? 'LOCK_TIMEOUT' : 'STEP_FAILED'
}

const idOf = ({ revision }: KnownRevision): string => revision

/** A run that fails between two steps, at the lock say, tells what it had done as well. */
const withReport = (error: unknown, report: ReportBuilder): unknown => {
  const cause = unwrap(error)
  if (!(cause instanceof MigratorError) || cause.report !== undefined || report.isEmpty) return cause
  return Object.assign(cause, { report: report.build() })
}

const MARK = { step: 0, hash: '*', done: true, fingerprint: null, statement: '' }

const stepOf = ({ revision, direction }: StepToRun) => ({
  revision: revision.revision,
  name: revision.name,
  direction,
})

const rowOf = (revision: KnownRevision, body: RevisionBody, durationMs: number) => ({
  revision: revision.revision,
  name: revision.name,
  checksum: revision.checksum,
  durationMs,
  state: 'applied' as const,
  breaking: body.breaking,
})

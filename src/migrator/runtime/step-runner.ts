import type { Dialect } from '../dialect.js'
import { MigratorError } from '../errors.js'
import { dependentsOf, refuseDependents, refuseUnmet } from '../revisions/guards.js'
import {
  describeRevision,
  type KnownRevision,
  type RevisionBody,
  requirementsOf,
} from '../revisions/revision.js'
import { AsyncValue } from './async-value.js'
import { callAuthor } from './call-author.js'
import type { TellProgress } from './data-steps.js'
import type { MigratorEvents } from './events.js'
import { foldStates, withReplaced } from './fold-states.js'
import { Journal } from './journal.js'
import { JournalTable } from './journal-table.js'
import { inTransaction, KeptConnection, LockedSessions } from './locked-sessions.js'
import { ReportBuilder } from './report.js'
import type { Run, RunOptions, StepToRun } from './run.js'
import { StepScope } from './scope.js'
import type { PinnedSession } from './session.js'
import { interruptedMeanwhile, stepError, withReport } from './step-error.js'
import { inTurn } from './turns.js'
import { unwrap } from './umzug-error.js'
import { appliedRow, type VersionRow } from './version-rows.js'
import type { VersionTable } from './version-table.js'
import { watchInstance } from './watch-instance.js'
import type { StatementTotals } from './watch-statements.js'

/**
 * Runs one revision in one direction, exactly once whoever else tries: lock, version table read again inside, the
 * author's code, the version row, commit. Umzug calls it for each revision of its list.
 */
export class StepRunner {
  readonly sessions: LockedSessions
  readonly #runs = new AsyncValue<Run>()
  readonly #dialect: Dialect

  constructor(
    readonly table: VersionTable,
    readonly events: MigratorEvents,
    lockTimeoutMs: number,
  ) {
    this.#dialect = table.dialect
    this.sessions = new LockedSessions(table, lockTimeoutMs, events)
  }

  /** Runs a command of several steps that share a report and, if wanted, a transaction. */
  async inRun<T>(options: RunOptions, command: (run: Run) => Promise<T>): Promise<T> {
    const kept = new KeptConnection()
    const { direction, all, note } = options
    const run: Run = { report: new ReportBuilder(direction), all, note, kept }
    // For all steps at once: an instance whose methods are replaced and put back a thousand times is a slow one.
    const release = watchInstance(this.table.sequelize)
    try {
      if (!options.oneTransaction) return await this.#runs.run(run, () => command(run))
      return await this.sessions.inTransaction(async (session, commit) => {
        const announcements: (() => Promise<void>)[] = []
        await this.table.ensure(session)
        const { rows } = await this.table.read(session.transaction)
        const states = new Map([...rows].map(([revision, { state }]) => [revision, state]))
        const shared: Run = { ...run, session, states, announcements, unwritten: [] }
        const result = await this.#runs
          .run(shared, () => command(shared))
          .catch((error: unknown) => {
            // Here and not outside, where it would be taken for an error of the database.
            throw unwrap(error)
          })
        await this.writeRows(shared)
        await commit()
        for (const announce of announcements) await announce()
        return result
      })
    } catch (error) {
      if (options.oneTransaction) run.report.rollBack()
      throw withReport(error, run.report)
    } finally {
      release()
      await kept.close()
    }
  }

  /** The run that is going on here, for reads that must see what its transaction holds. */
  currentRun(): Run | undefined {
    return this.#runs.get()
  }

  /** Writes the rows of the run's steps that are not written yet, for who is to see them. */
  async writeRows(run = this.currentRun()): Promise<void> {
    const rows = run?.unwritten?.splice(0) ?? []
    if (run?.session !== undefined) await this.table.insertAll(run.session, rows)
  }

  /** Runs a step, or finds that another process has run it meanwhile. */
  run(step: StepToRun): Promise<void> {
    const run = this.#runs.get()
    return run === undefined ? this.#runAlone(step) : this.#runIn(run, step)
  }

  /** Umzug was called directly: a step that is its own run, and takes its turn like one. */
  #runAlone(step: StepToRun): Promise<void> {
    const run: Run = { report: new ReportBuilder(step.direction), all: step.all }
    return inTurn(this.table.sequelize, this.sessions.deadline(), async () => {
      const release = watchInstance(this.table.sequelize)
      await this.#runIn(run, step).finally(release)
    })
  }

  async #runIn(run: Run, step: StepToRun): Promise<void> {
    const body = await step.revision.load()
    if (run.session !== undefined) {
      const found = await this.#runStep(run.session, run, step, body)
      if (found === 'interrupted') throw interruptedMeanwhile(step.revision)
      return
    }
    if (this.#dialect.stepTransaction !== undefined && body.transaction) {
      const found = await this.sessions.inTransaction(
        (session, commit) => this.#runStep(session, run, step, body, commit),
        run.kept,
      )
      if (found !== 'interrupted') return
      // Begun in a journal, by the file as it was then: it is ended in the journal, whatever the file says now.
    }
    // Some engines lock a session only where no other one is open.
    await run.kept?.close()
    await this.sessions.locked((session) => this.#runJournaled(session, run, step, body))
  }

  /** A step inside a transaction that holds the lock: its own, which it commits, or that of the whole run. */
  async #runStep(
    session: PinnedSession,
    run: Run,
    step: StepToRun,
    body: RevisionBody,
    commit?: () => Promise<void>,
  ): Promise<Found> {
    const { revision, direction } = step
    // A thousand steps in one transaction are seen in what each waits for without need.
    const found =
      run.states === undefined ? await this.#look(session, run, step) : this.#foundIn(run.states, run, step)
    if (found === 'done' || found === 'interrupted') return found
    const scope = new StepScope(this.table.sequelize, session.transaction)
    // A step that looks into the version table finds what was run before it.
    if (run.unwritten !== undefined)
      scope.beforeStatement = (sql) => (sql.includes(this.table.tableName) ? this.writeRows(run) : undefined)
    await this.#observe(run, step, scope, async (elapsedMs) => {
      await callAuthor(scope, this.#dialect, revision, body, direction, this.#tellOf(revision))
      session.isChanged ||= scope.changedSession
      if (direction === 'down') await this.#forget(session, revision)
      else if (run.unwritten === undefined)
        await this.table.insert(session, appliedRow(revision, body, elapsedMs(), run.note))
      else run.unwritten.push({ row: appliedRow(revision, body, elapsedMs(), run.note), at: new Date() })
      if (direction === 'up') run.states?.set(revision.revision, 'applied')
      else for (const id of recordedAs(revision)) run.states?.delete(id)
      if (commit !== undefined) await commit()
    })
    return found
  }

  /** A step whose statements commit one by one: the lock is the session's, and a journal remembers how far it came. */
  async #runJournaled(session: PinnedSession, run: Run, step: StepToRun, body: RevisionBody): Promise<void> {
    const { revision, direction } = step
    const found = await this.#look(session, run, step)
    if (found === 'done') return
    const journal = await this.#openJournal(session, step, body, found)
    const scope = new StepScope(this.table.sequelize, session.transaction, journal)
    await this.#observe(run, step, scope, async (elapsedMs) => {
      await callAuthor(scope, this.#dialect, revision, body, direction, this.#tellOf(revision))
      session.isChanged ||= scope.changedSession
      await inTransaction(session, async () => {
        // Anew, not updated: the file may have been mended since the step was begun.
        await this.#forget(session, revision)
        if (direction === 'up')
          await this.table.insert(session, appliedRow(revision, body, elapsedMs(), run.note))
        await journal.table.delete(revision.revision)
      })
    })
  }

  async #openJournal(
    session: PinnedSession,
    step: StepToRun,
    body: RevisionBody,
    found: Found,
  ): Promise<Journal> {
    const { revision, direction } = step
    const journal = new JournalTable(session, this.table.journal)
    await journal.create()
    if (found !== 'interrupted') {
      // Row and mark together, so that a row that says "started" always tells the direction. A journal without such a
      // row is what somebody left who took the row away by hand: it speaks of no step any more.
      await inTransaction(session, async () => {
        await journal.delete(revision.revision)
        if (direction === 'down') await this.table.setState(session, revision.revision, 'started')
        else await this.table.insert(session, { ...appliedRow(revision, body), state: 'started' })
        await journal.insert(revision.revision, direction, MARK)
      })
      return new Journal(session, this.#dialect, journal, revision.revision, direction, [])
    }
    const begun = await journal.read(revision.revision)
    if (begun !== undefined && begun.direction !== direction) {
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
  async #look(session: PinnedSession, run: Run, step: StepToRun): Promise<Found> {
    const { revision, direction } = step
    await this.table.ensure(session)
    const neighbours =
      direction === 'up' ? requirementsOf(revision) : dependentsOf(revision, step.all).map(idOf)
    const ids = withReplaced([revision.revision, ...neighbours], step.all)
    return this.#foundIn(await this.table.statesOf(session, ids), run, step)
  }

  #foundIn(recordedStates: ReadonlyMap<string, VersionRow['state']>, run: Run, step: StepToRun): Found {
    const { revision, direction } = step
    const states = foldStates(recordedStates, step.all)
    const recorded = states.get(revision.revision)
    const done = direction === 'up' ? recorded === 'applied' : recorded === undefined
    if (done) {
      run.report.add(revision, 'skipped', 0, 0)
      return 'done'
    }
    if (direction === 'up') refuseUnmet(revision, (id) => states.get(id) === 'applied')
    else refuseDependents(revision, step.all, (id) => states.has(id))
    return recorded === 'started' ? 'interrupted' : 'to run'
  }

  /** Deletes the rows of a revision: its own, and those of what it is in the place of. */
  async #forget(session: PinnedSession, revision: KnownRevision): Promise<void> {
    for (const id of recordedAs(revision)) await this.table.delete(session, id)
  }

  #tellOf(revision: KnownRevision): TellProgress {
    return (progress) => this.events.progress(revision, progress)
  }

  async #watch(step: StepToRun, scope: StepScope): Promise<StatementTotals> {
    const { watchStatements } = await import('./watch-statements.js')
    return watchStatements(scope, step, this.events, this.#dialect.capabilities)
  }

  async #observe(
    run: Run,
    step: StepToRun,
    scope: StepScope,
    work: (elapsedMs: () => number) => Promise<void>,
  ): Promise<void> {
    const startedAt = performance.now()
    const elapsedMs = (): number => Math.round(performance.now() - startedAt)
    // Nothing is loaded, and no statement looked at, where nobody listens.
    const isHeard = this.events.hears('statement') || this.events.hears('step')
    const totals = isHeard ? await this.#watch(step, scope) : undefined
    const over = () => ({
      ...{ direction: step.direction, durationMs: elapsedMs(), statements: scope.statements },
      rows: totals?.rows ?? 0,
    })
    const report = (state: 'done' | 'failed'): void =>
      run.report.add(step.revision, state, elapsedMs(), scope.statements)
    await this.events.begin(step.direction, step.revision)
    try {
      await work(elapsedMs)
    } catch (error) {
      report('failed')
      if (run.session !== undefined) run.report.rollBack()
      const failure = stepError(error, run, step, scope, this.#dialect)
      await this.events.fail(step.revision, over(), failure)
      throw failure
    }
    report('done')
    const ended = over()
    const announce = (): Promise<void> => this.events.end(step.revision, ended)
    if (run.announcements === undefined) await announce()
    else run.announcements.push(announce)
  }
}

/** What the version table says of a step, once nobody else can write it. */
type Found = 'to run' | 'interrupted' | 'done'

const recordedAs = ({ revision, replaces = [] }: KnownRevision): readonly string[] => [revision, ...replaces]

const idOf = ({ revision }: KnownRevision): string => revision

const MARK = { step: 0, hash: '*', done: true, fingerprint: null, statement: '' }

import { type Dialect, LockNotTaken } from '../dialect.js'
import { MigratorError, type MigratorErrorCode, messageOf, StepError } from '../errors.js'
import { describeRevision, type KnownRevision } from '../revisions/revision.js'
import { redact, redactCause } from './redact.js'
import type { ReportBuilder } from './report.js'
import type { Run, StepToRun } from './run.js'
import type { StepScope } from './scope.js'
import { unwrap } from './umzug-error.js'

/** What a step's failure is to the user: which revision, which statement, what is true now, what to do next. */
export const stepError = (
  thrown: unknown,
  run: Run,
  step: StepToRun,
  scope: StepScope,
  dialect: Dialect,
): StepError => {
  const error = lockTimeout(thrown, scope, dialect) ?? thrown
  const { revision, direction } = step
  const { sequelize, statements } = scope
  const code = codeOf(error)
  const at = statements === 0 ? 'before its first statement' : `at statement ${statements}`
  const where = `Revision ${describeRevision(revision)} (${revision.label}) failed going ${direction}, ${at}`
  const rest = run.session === undefined ? 'What was done before it stays.' : 'Nor does anything of this run.'
  const next = code === 'INTERRUPTED' ? '' : ' Mend the cause and run again: it goes on from there.'
  const now =
    scope.handler === undefined
      ? `Nothing of it remains. ${rest}`
      : `A step without a transaction keeps completed statements; they are noted.${next}`
  return new StepError(
    code,
    `${where}: ${redact(messageOf(error), sequelize)}. ${now}`,
    { revision: revision.revision, direction, statement: statements },
    { cause: redactCause(error, sequelize), report: run.report.build() },
  )
}

/** What it means when a statement of a step was not let wait any longer; nothing for any other error. */
export const lockTimeout = (
  error: unknown,
  scope: StepScope,
  dialect: Dialect,
): MigratorError | undefined => {
  const statement = scope.failedStatement(error)
  if (statement === undefined || error instanceof MigratorError) return undefined
  if (dialect.classify(error) !== 'LOCK_TIMEOUT') return undefined
  return new MigratorError(
    'LOCK_TIMEOUT',
    `the statement "${statement}" waited for a lock that another connection holds for longer than its time-out allows ` +
      `(${redact(messageOf(error), scope.sequelize)})`,
    { cause: redactCause(error, scope.sequelize) },
  )
}

const codeOf = (error: unknown): MigratorErrorCode => {
  if (error instanceof MigratorError) return error.code
  // Its work was done, but the engine did not let it commit in time.
  return error instanceof LockNotTaken ? 'LOCK_TIMEOUT' : 'STEP_FAILED'
}

/** The refusal of a step in the one transaction of a run, when its row says that another process has begun it in a journal. */
export const interruptedMeanwhile = (revision: KnownRevision): MigratorError =>
  new MigratorError(
    'INTERRUPTED',
    `Revision ${describeRevision(revision)} was begun outside a transaction by another process, and interrupted. ` +
      'Nothing of this run remains. Run again: it is ended first.',
    { revisions: [revision.revision] },
  )

/** A run that fails between two steps, at the lock say, tells what it had done as well. */
export const withReport = (error: unknown, report: ReportBuilder): unknown => {
  const cause = unwrap(error)
  if (!(cause instanceof MigratorError) || cause.report !== undefined || report.isEmpty) return cause
  return Object.assign(cause, { report: report.build() })
}

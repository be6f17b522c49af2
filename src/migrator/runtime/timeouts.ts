import type { Dialect } from '../dialect.js'
import type { TimeoutSetting } from '../dialect-paging.js'
import { MigratorError } from '../errors.js'
import type { TimeoutOptions } from '../operations/data-steps.js'
import type { StepScope } from './scope.js'
import { runWith, selectWith } from './session.js'
import { lockTimeout } from './step-error.js'

/** `op.withTimeouts`: sets them, does what is to be done, and puts back what was set before. */
export const withTimeouts = async <T>(
  scope: StepScope,
  dialect: Dialect,
  timeouts: TimeoutOptions,
  use: () => T | Promise<T>,
): Promise<T> => {
  check(timeouts, use)
  const settings = dialect.timeouts(timeouts, scope.handler?.isOneTransaction ?? true)
  const putBack =
    scope.handler?.mode === 'collected' ? await note(scope, settings) : await set(scope, settings)
  let result: T
  try {
    result = await use()
  } catch (error) {
    // A transaction that has failed takes no statement, and takes the settings back by itself.
    await putBack().catch(() => {
      scope.changedSession = true
    })
    throw lockTimeout(error, scope, dialect) ?? error
  }
  await putBack()
  return result
}

/** On the step's connection; nothing of it is a statement of the revision's. */
const set = async (
  { sequelize, transaction }: StepScope,
  settings: readonly TimeoutSetting[],
): Promise<() => Promise<void>> => {
  const former: string[] = []
  for (const setting of settings) {
    const value = await setting.read({ select: (sql) => selectWith(sequelize, sql, transaction) })
    if (value === undefined) continue
    await runWith(sequelize, setting.set(setting.value), transaction)
    former.unshift(setting.set(value))
  }
  return async () => {
    for (const sql of former) await runWith(sequelize, sql, transaction)
  }
}

/** Into the script. */
const note = async (
  { sequelize }: StepScope,
  settings: readonly TimeoutSetting[],
): Promise<() => Promise<void>> => {
  for (const setting of settings) await sequelize.query(setting.set(setting.value))
  return async () => {
    for (const { reset } of settings) await sequelize.query(reset)
  }
}

const check = (timeouts: TimeoutOptions, use: unknown): void => {
  const invalid = (what: string, subject: string): MigratorError =>
    new MigratorError('INVALID_OPTION', `op.withTimeouts takes ${what}`, { subject })
  if (typeof timeouts !== 'object' || timeouts === null)
    throw invalid('an object of time-outs first', 'timeouts')
  if (typeof use !== 'function') throw invalid('a function as its second argument', 'use')
  for (const [name, value] of Object.entries(timeouts)) {
    if (name !== 'lockMs' && name !== 'statementMs') {
      throw invalid(`\`lockMs\` and \`statementMs\`, and no ${name}`, name)
    }
    const fits = Number.isInteger(value) && value >= 1 && value <= 2_147_483_647
    if (value !== undefined && !fits) throw invalid(`whole milliseconds from 1 as \`${name}\``, name)
  }
}

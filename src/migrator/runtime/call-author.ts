import type { Dialect, MakeOperations } from '../dialect.js'
import { refuseIrreversible } from '../revisions/guards.js'
import type { KnownRevision, RevisionBody } from '../revisions/revision.js'
import { bindOp } from './bind-op.js'
import type { TellProgress } from './data-steps.js'
import type { Direction } from './run.js'
import type { StepScope } from './scope.js'

/**
 * Runs the author's code of a step inside its scope, and closes the scope.
 *
 * @throws What the code throws; MigratorError `FORGOTTEN_AWAIT` when it leaves something behind, `IRREVERSIBLE`.
 */
export const callAuthor = async (
  scope: StepScope,
  dialect: Dialect,
  revision: KnownRevision,
  body: RevisionBody,
  direction: Direction,
  tell?: TellProgress,
): Promise<void> => {
  const call = direction === 'up' ? body.up : body.down
  if (call === undefined) throw refuseIrreversible(revision)
  const op = bindOp(scope, dialect, await operationsOf(dialect), revision, tell)
  let failure: { readonly reason: unknown } | undefined
  try {
    // A promise inside the scope: what the author returns may begin its work only when it is awaited.
    await scope.enter(() => Promise.resolve(call(op, scope.sequelize.constructor)))
  } catch (reason) {
    failure = { reason }
  }
  const forgotten = await scope.finish(failure === undefined)
  if (failure !== undefined) throw failure.reason
  if (forgotten !== undefined) throw forgotten
}

const loaded = new WeakMap<Dialect, Promise<MakeOperations>>()

/** An `import()` of what is loaded still goes through Node's loader: for each of a thousand steps, that is seen. */
const operationsOf = (dialect: Dialect): Promise<MakeOperations> => {
  const operations = loaded.get(dialect) ?? dialect.operations()
  loaded.set(dialect, operations)
  return operations
}

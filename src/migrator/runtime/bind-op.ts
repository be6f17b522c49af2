import type { QueryInterface, Sequelize } from 'sequelize'
import type { Dialect, MakeOperations, StepHooks } from '../dialect.js'
import { type Naming, withNames } from '../operations/names.js'
import type { Op } from '../operations/op.js'
import { WITHOUT_TYPES } from '../operations/without-types.js'
import { dataSteps, type TellProgress } from './data-steps.js'
import type { StepScope } from './scope.js'

/**
 * Sequelize's QueryInterface, bound to a step.
 *
 * @param scope - Of the step.
 * @param dialect - Of the instance.
 * @param makeOperations - Of the dialect: they replace Sequelize's.
 * @param step - Name and path, seen beside `context` by revisions of either signature.
 * @param tell - Told how far `op.batch` has come.
 */
export const bindOp = (
  scope: StepScope,
  dialect: Dialect,
  makeOperations: MakeOperations,
  step: { readonly name: string; readonly path?: string },
  tell?: TellProgress,
): Op => {
  const { sequelize } = scope
  const queryInterface = sequelize.getQueryInterface()
  // Inner calls of QueryInterface's own are awaited by itself: they use these two, which do not track.
  const inner: QueryInterface = Object.create(queryInterface, { sequelize: { value: sequelize } })
  const { handler } = scope
  const hooks: StepHooks = {
    isOneTransaction: handler?.isOneTransaction ?? true,
    atEnd: (task) => scope.doAtEnd(task),
    ...(handler?.isDone === undefined ? {} : { isDone: handler.isDone.bind(handler) }),
  }
  Object.assign(inner, WITHOUT_TYPES, makeOperations(inner, handler?.mode ?? 'sent', hooks))
  Object.assign(inner, dataSteps(scope, dialect, inner, tell))

  const naming = { limit: dialect.capabilities.nameLimit, underscore: underscoreOf(sequelize) }
  const boundSequelize: Sequelize = Object.create(sequelize, {
    query: { value: tracked(scope, sequelize, 'query') },
    transaction: { value: tracked(scope, sequelize, 'transaction') },
  })
  const op = new Proxy<QueryInterface>(Object.create(inner), {
    get(_target, property) {
      if (property === 'sequelize') return boundSequelize
      if (property === 'context') return op
      if (property === 'exactText') return dialect.exactText
      if (property === 'name' || property === 'path') return step[property]
      const value: unknown = Reflect.get(inner, property)
      if (typeof value !== 'function') return value
      return (...args: unknown[]): unknown => {
        const refused = refusedWhenClosed(scope, () => `op.${String(property)}`)
        if (refused !== undefined) return refused
        const named = withNames(String(property), args, naming)
        const result: unknown = scope.enter(() => value.apply(inner, named))
        return result instanceof Promise ? scope.track(result) : result
      }
    },
  }) as Op
  return op
}

/** Sequelize does not declare its helpers. */
const underscoreOf = (sequelize: Sequelize): Naming['underscore'] =>
  (sequelize.constructor as unknown as { Utils: { underscore: Naming['underscore'] } }).Utils.underscore

/** A method of the instance, called inside the scope whatever has become of the asynchronous context. */
const tracked =
  (scope: StepScope, sequelize: Sequelize, name: 'query' | 'transaction') =>
  (...args: unknown[]): Promise<unknown> => {
    const refused = refusedWhenClosed(scope, () => `op.sequelize.${name}`)
    if (refused !== undefined) return refused
    // Read at each call: the instance carries the watching method while a step runs.
    const method = sequelize[name] as (...given: unknown[]) => Promise<unknown>
    return scope.track(scope.enter(() => method.apply(sequelize, args)))
  }

/** Not thrown: in a timer that the author forgot, that would end the host's process. */
const refusedWhenClosed = (scope: StepScope, what: () => string): Promise<unknown> | undefined => {
  try {
    scope.refuseWhenClosed(what)
    return undefined
  } catch (error) {
    return scope.track(Promise.reject(error))
  }
}

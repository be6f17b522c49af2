import type { QueryInterface, Sequelize } from 'sequelize'
import type { Dialect, MakeOperations, StepHooks } from '../dialect.js'
import { type Naming, withNames } from '../operations/names.js'
import type { Op } from '../operations/op.js'
import { WITHOUT_TYPES } from '../operations/without-types.js'
import { type DataSteps, dataSteps, isDataStep, type TellProgress } from './data-steps.js'
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
  const { sequelize, handler } = scope
  // Inner calls of QueryInterface's own are awaited by itself: they use this one, which does not track. It is made anew for
  // each step, and nothing that is made from it at each step may inherit from it: that takes as long as a statement.
  const inner: QueryInterface = Object.create(withoutTypes(sequelize))
  const hooks: StepHooks = {
    isOneTransaction: handler?.isOneTransaction ?? true,
    atEnd: (task) => scope.doAtEnd(task),
    ...(handler?.isDone === undefined ? {} : { isDone: handler.isDone.bind(handler) }),
  }
  Object.assign(inner, makeOperations(inner, handler?.mode ?? 'sent', hooks))
  let data: DataSteps | undefined
  const methodOf = (property: string | symbol): unknown => {
    if (!isDataStep(property)) return Reflect.get(inner, property)
    data ??= dataSteps(scope, dialect, inner, tell)
    return data[property]
  }

  const naming = { limit: dialect.capabilities.nameLimit, underscore: underscoreOf(sequelize) }
  const boundSequelize: Sequelize = Object.create(sequelize, {
    query: { value: tracked(scope, sequelize, 'query') },
    transaction: { value: tracked(scope, sequelize, 'transaction') },
  })
  const op = new Proxy<QueryInterface>(Object.create(sequelize.getQueryInterface()), {
    has: (_target, property) => property in inner || isDataStep(property),
    get(_target, property) {
      if (property === 'sequelize') return boundSequelize
      if (property === 'context') return op
      if (property === 'exactText') return dialect.exactText
      if (property === 'name' || property === 'path') return step[property]
      const value = methodOf(property)
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

/** What every step's `op` begins with, once an instance. */
const shared = new WeakMap<QueryInterface, QueryInterface>()

/** The instance's QueryInterface, with methods that do nothing where the engine has no types. */
const withoutTypes = (sequelize: Sequelize): QueryInterface => {
  const queryInterface = sequelize.getQueryInterface()
  const made: QueryInterface =
    shared.get(queryInterface) ??
    Object.assign(Object.create(queryInterface) as QueryInterface, WITHOUT_TYPES)
  shared.set(queryInterface, made)
  return made
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

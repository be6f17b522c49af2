import type { Sequelize } from 'sequelize'
import { MigratorError } from '../errors.js'
import { type Begin, type Query, scopeHere } from './scope.js'

type GetConnection = (options?: unknown) => Promise<unknown>

interface Patched {
  users: number
  readonly methods: readonly Replaced[]
}

/** A method of ours in front of one of the host's. */
interface Replaced {
  /** Whether nobody has put another one in front of ours. */
  isOutermost(): boolean
  restore(): void
}

const patched = new WeakMap<Sequelize, Patched>()

/**
 * Lets an instance notice the scopes of its steps, until `release` is called as often as this was.
 * Queries outside a step pass through untouched.
 *
 * @returns The release.
 */
export const watchInstance = (sequelize: Sequelize): (() => void) => {
  const known = patched.get(sequelize) ?? patch(sequelize)
  known.users += 1
  return () => {
    known.users -= 1
    // Somebody may have wrapped ours meanwhile. Then all stay, pass everything through, and serve the next step: ours in
    // front of theirs in front of ours would take each statement twice.
    if (known.users > 0 || !known.methods.every((method) => method.isOutermost())) return
    for (const method of known.methods) method.restore()
    patched.delete(sequelize)
  }
}

const patch = (sequelize: Sequelize): Patched => {
  const instance = sequelize as unknown as { query: Query; transaction: Begin }
  const manager = sequelize.connectionManager as unknown as { getConnection: GetConnection }
  const methods = [
    replace(instance, 'query', (original) => (sql, options) => {
      const scope = scopeHere(sequelize)
      return scope === undefined
        ? original.call(sequelize, sql, options)
        : scope.query(original, sql, options)
    }),
    replace(instance, 'transaction', (original) => (options, callback) => {
      const scope = scopeHere(sequelize)
      return scope === undefined
        ? original.call(sequelize, options, callback)
        : scope.begin(original, options, callback)
    }),
    replace(manager, 'getConnection', (original) => async (options) => {
      if (scopeHere(sequelize) === undefined) return original.call(manager, options)
      throw new MigratorError(
        'OUTSIDE_TRANSACTION',
        'a connection of its own was asked for while the step runs; what it does could not be rolled back with the step',
      )
    }),
  ]
  const entry: Patched = { users: 0, methods }
  patched.set(sequelize, entry)
  return entry
}

/** Puts a method in front of the one that the owner has. */
const replace = <O extends object, K extends keyof O & string>(
  owner: O,
  name: K,
  wrap: (original: O[K]) => O[K],
): Replaced => {
  const own = Object.getOwnPropertyDescriptor(owner, name)
  const wrapped = wrap(owner[name])
  Object.defineProperty(owner, name, {
    value: wrapped,
    configurable: true,
    writable: true,
    enumerable: false,
  })
  return {
    isOutermost: () => owner[name] === wrapped,
    restore: () => {
      if (own === undefined) delete (owner as Partial<O>)[name]
      else Object.defineProperty(owner, name, own)
    },
  }
}

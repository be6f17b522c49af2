import { MigratorError } from '../errors.js'
import type { Migration } from '../operations/migration.js'
import type { Op } from '../operations/op.js'
import { renderCall, type SequelizeName, Verbatim } from './literals.js'

/** A call of a method of `op`. */
export interface OpCall {
  readonly method: string
  readonly values: readonly unknown[]
}

/**
 * What a step calls on `op`, in order. Nothing is done, and every call comes back with nothing: this is for steps that ask
 * for no answer.
 *
 * @param step - `up` or `down`.
 * @param sequelize - The host's; its data types are used, and nothing else of it.
 * @throws MigratorError `NOT_RENDERABLE` when the step uses more of `op.sequelize`; and what the step itself throws.
 */
export const recordCalls = async (
  step: Migration,
  sequelize: Op['sequelize'],
): Promise<readonly OpCall[]> => {
  const calls: OpCall[] = []
  const op: Op = new Proxy({} as Op, {
    get(_target, property) {
      if (typeof property === 'symbol' || property === 'then') return undefined
      if (property === 'context') return op
      if (property === 'sequelize') return classAlone(sequelize)
      if (property === 'exactText') return (length: number) => new Verbatim(`op.exactText(${length})`)
      return async (...values: unknown[]): Promise<void> => {
        calls.push({ method: property, values })
      }
    },
  })
  await step({ name: '', context: op })
  return calls
}

/** Statements that make the calls again, laid out for the body of a step. */
export const renderCalls = (
  calls: readonly OpCall[],
): { readonly lines: readonly string[]; readonly sequelizeNames: readonly SequelizeName[] } => {
  const rendered = calls.map(({ method, values }) => renderCall(`await op.${method}`, values, 2))
  return {
    lines: rendered.map(({ text }) => text),
    sequelizeNames: [...new Set(rendered.flatMap(({ sequelizeNames }) => [...sequelizeNames]))],
  }
}

const classAlone = (sequelize: Op['sequelize']): Op['sequelize'] =>
  new Proxy(sequelize, {
    get(target, property) {
      if (property === 'constructor') return target.constructor
      throw new MigratorError(
        'NOT_RENDERABLE',
        `Source cannot be written for op.sequelize.${String(property)}. Nothing was written.`,
        { subject: `op.sequelize.${String(property)}` },
      )
    },
  })

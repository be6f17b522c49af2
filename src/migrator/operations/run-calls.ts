import type { Op } from './op.js'
import { type OpCall, ResultOf } from './op-call.js'

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** Makes calls, one after the other: what their source would do. */
export const runCalls = async (op: Op, calls: readonly OpCall[]): Promise<void> => {
  const results = new Map<string, unknown>()
  for (const call of calls) {
    const result = await make(op, call, results)
    if (call.result !== undefined) results.set(call.result, result)
  }
}

const make = (op: Op, { method, values, block }: OpCall, results: ReadonlyMap<string, unknown>): unknown => {
  const given = values.map((value) => resolved(value, results))
  if (method === 'sequelize.query') return op.sequelize.query(...(given as [string]))
  const describe = (target: Methods): void => {
    for (const inner of block?.calls ?? [])
      target[inner.method]?.(...inner.values.map((value) => resolved(value, results)))
  }
  return (op as unknown as Methods)[method]?.(...given, ...(block === undefined ? [] : [describe]))
}

/** A copy of plain objects and lists, since Sequelize writes into what it is given, with the results that they name. */
const resolved = (value: unknown, results: ReadonlyMap<string, unknown>): unknown => {
  if (value instanceof ResultOf) return results.get(value.name)
  if (Array.isArray(value)) return value.map((one) => resolved(one, results))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, resolved(one, results)]))
}

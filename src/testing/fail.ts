import { AssertionError } from 'node:assert'
import { describeOperation, type Operation } from '../migrator/index.js'

type Caller = (...given: never[]) => unknown

/** Throws what test frameworks know as a failed assertion. */
export const fail = (message: string, actual: unknown, expected: unknown, caller: Caller): never => {
  throw new AssertionError({ message, actual, expected, operator: caller.name, stackStartFn: caller })
}

/** Throws where there are any. */
export const failOnDifferences = (what: string, differences: readonly Operation[], caller: Caller): void => {
  if (differences.length === 0) return
  const lines = differences.map((operation) => `  - ${describeOperation(operation)}`)
  fail([`${what}; what is missing:`, ...lines].join('\n'), differences, [], caller)
}

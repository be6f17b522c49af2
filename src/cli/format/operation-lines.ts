import type { Operation } from '../../migrator/index.js'
import { oneLine } from './step-label.js'

/** A change on a line of its own, and below it what may go wrong with it. */
export const operationLines = (
  operation: Operation,
  describe: (operation: Operation) => string,
): readonly string[] => [
  oneLine(describe(operation)),
  ...operation.hazards.map(({ risk, message, rows }) => {
    const counted = rows === null ? '' : ` (${rows} ${rows === 1 ? 'row' : 'rows'})`
    return `  ${risk}: ${oneLine(message)}${counted}`
  }),
]

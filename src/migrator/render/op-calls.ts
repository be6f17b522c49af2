import { MigratorError } from '../errors.js'
import type { Migration } from '../operations/migration.js'
import type { Op } from '../operations/op.js'
import type { OpBlock, OpCall } from '../operations/op-call.js'
import { type Rendered, renderCall, type SequelizeName, Verbatim } from './literals.js'

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
  const rendered = calls.map(renderStatement)
  return {
    lines: rendered.map(({ text }) => text),
    sequelizeNames: [...new Set(rendered.flatMap(({ sequelizeNames }) => [...sequelizeNames]))],
  }
}

/** Of the body of a step; the first line is not indented yet. */
const INDENT = 2

const renderStatement = ({ method, values, comment = [], result, block }: OpCall): Rendered => {
  const start = `${result === undefined ? '' : `const ${result} = `}await op.${method}`
  const inner = block === undefined ? undefined : renderBlock(block)
  const { text, sequelizeNames } = renderCall(start, values, INDENT)
  const whole = inner === undefined ? text : `${text.slice(0, -1)}, ${inner.text})`
  return {
    text: [...comment.flatMap(commentLines), whole].join(`\n${' '.repeat(INDENT)}`),
    sequelizeNames: new Set([...sequelizeNames, ...(inner?.sequelizeNames ?? [])]),
  }
}

const renderBlock = ({ parameter, calls }: OpBlock): Rendered => {
  const indent = INDENT + 2
  const rendered = calls.map(({ method, values, comment = [] }) => {
    const { text, sequelizeNames } = renderCall(`${parameter}.${method}`, values, indent)
    return { lines: [...comment.flatMap(commentLines), text], sequelizeNames }
  })
  const lines = rendered.flatMap((one) => one.lines.map((line) => `${' '.repeat(indent)}${line}`))
  return {
    text: [`(${parameter}) => {`, ...lines, `${' '.repeat(INDENT)}}`].join('\n'),
    sequelizeNames: new Set(rendered.flatMap(({ sequelizeNames }) => [...sequelizeNames])),
  }
}

/** Whatever ends a line in JavaScript would end the comment. */
const commentLines = (comment: string): readonly string[] =>
  comment.split(/[\n\r\u2028\u2029]/u).map((line) => `// ${line}`.trimEnd())

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

import { inspect } from 'node:util'
import { MigratorError } from '../errors.js'

const refused = (what: string): MigratorError =>
  new MigratorError('OFFLINE_READ', `it uses ${what}, which nobody knows before it has run`)

/** Stands for a number that the database would give: it can be handed on, and not looked at. */
class NotGivenYet {
  toString(): string {
    throw refused('the number that the database gives to a row that it writes')
  }
  toJSON(): string {
    return this.toString()
  }
  get [Symbol.toStringTag](): string {
    return this.toString()
  }
  [inspect.custom](): string {
    return this.toString()
  }
}

const refuse = (): never => {
  throw refused('what a statement answers that writes, such as how many rows it has changed')
}

/** What can be looked at stands behind the proxy; a proxy is printed by its target. */
const UNSENT = { [inspect.custom]: refuse }

/**
 * Stands for what the database would answer to a statement that was not sent: rows, a count, what a driver says beside. It can
 * be awaited, taken out of a list and handed on; whatever looks into it, compares it by size or prints it is refused.
 */
const notAnswered = (): object =>
  new Proxy(UNSENT, {
    // `await` asks for this one.
    get: (_target, property) => (property === 'then' ? undefined : refuse()),
    // Sequelize marks what it takes for an instance.
    set: () => true,
    has: refuse,
    ownKeys: refuse,
    getOwnPropertyDescriptor: refuse,
  })

/** An instance of a model, as far as the number of its row goes. */
interface NumberedRow {
  readonly dataValues: Record<string, unknown>
  readonly constructor: { readonly autoIncrementAttribute?: string | null }
}

const withoutNumber = (row: NumberedRow): void => {
  const { autoIncrementAttribute: attribute } = row.constructor
  if (typeof attribute === 'string') row.dataValues[attribute] ??= new NotGivenYet()
}

/** What Sequelize's methods expect of a statement that was not sent. */
export const unsentResult = ({
  type,
  instance,
}: {
  readonly type?: string
  readonly instance?: unknown
}): unknown => {
  if (type === 'BULKUPDATE' || type === 'BULKDELETE' || type === 'DELETE') return notAnswered()
  if (type !== 'INSERT' || instance === undefined) return [instance ?? notAnswered(), notAnswered()]
  withoutNumber(instance as NumberedRow)
  // Of a model with a version, Sequelize looks whether the row was written; an INSERT that does not fail writes one.
  return [instance, 1]
}

import type { Sequelize } from 'sequelize'
import { dataTypesOf } from '../../operations/sequelize.js'
import type { ModelColumn } from '../../schema/model-table.js'

/** Primitive values that say all about something, in an order; how many of them follow is among them where that can vary. */
export type Shape = unknown[]

interface TypeLike {
  readonly key?: unknown
  readonly options?: unknown
}

const isPrimitive = (value: unknown): boolean =>
  value === null || (typeof value !== 'object' && typeof value !== 'function' && typeof value !== 'symbol')

/**
 * Adds what an object holds of its own to a shape.
 *
 * @param but - Keys that are passed over.
 * @returns False where that is more than primitive values, and `options` of such.
 */
export const addContent = (shape: Shape, content: object, but: readonly string[] = []): boolean => {
  const keys = Object.keys(content)
  shape.push(keys.length)
  for (const key of keys) {
    if (but.includes(key)) continue
    const value = (content as Readonly<Record<string, unknown>>)[key]
    shape.push(key)
    if (isPrimitive(value)) shape.push(value)
    else if (key !== 'options' || !addOptions(shape, value)) return false
  }
  return true
}

const addOptions = (shape: Shape, options: unknown): boolean => {
  if (isPrimitive(options)) {
    shape.push(options)
    return true
  }
  return Object.getPrototypeOf(options) === Object.prototype && addContent(shape, options as object)
}

const addReference = (
  shape: Shape,
  { references, onDelete, onUpdate }: ModelColumn['attribute'],
): boolean => {
  if (references === undefined) return true
  const { model } = references as { readonly model: unknown }
  if (typeof model !== 'string' || !isPrimitive(onDelete) || !isPrimitive(onUpdate)) return false
  shape.push(onDelete, onUpdate)
  return addContent(shape, references as object)
}

type Classes = Readonly<Record<string, { readonly prototype: object } | undefined>>

/** Adds types of the host's copy of Sequelize. */
const typeAdder = (sequelize: Sequelize): ((shape: Shape, type: unknown) => boolean) => {
  const { dialect } = sequelize as unknown as { readonly dialect: { readonly DataTypes?: Classes } }
  const own = dialect.DataTypes ?? {}
  const all = dataTypesOf(sequelize) as unknown as Classes
  return (shape, type) => {
    if (typeof type !== 'object' || type === null) return false
    const { key, options } = type as TypeLike
    if (typeof key !== 'string') return false
    const engines = own[key]?.prototype
    if (Object.getPrototypeOf(type) !== (engines ?? all[key]?.prototype)) return false
    shape.push(key)
    // Of the engine's own types Sequelize makes new ones, of their options alone; the others it takes as they are.
    return engines === undefined ? addContent(shape, type) : addOptions(shape, options)
  }
}

const isFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean'

/**
 * Finds what two columns have in common for which Sequelize writes the same text behind their names on SQLite: everything that its
 * generator reads of an attribute.
 *
 * @returns Of a column: undefined where that is more than primitive values and a type of Sequelize's own that holds nothing else. Such a
 *   column has no equal.
 */
export const columnShapes = (sequelize: Sequelize): ((column: ModelColumn) => Shape | undefined) => {
  const addType = typeAdder(sequelize)
  return ({ attribute, generated }) => {
    const { type, values, allowNull, unique, primaryKey, autoIncrement, defaultValue, comment } = attribute
    if (generated !== undefined || values !== undefined || comment !== undefined) return undefined
    if (!isFlag(allowNull) || !isFlag(unique) || !isFlag(primaryKey) || !isFlag(autoIncrement))
      return undefined
    if (!isPrimitive(defaultValue)) return undefined
    const shape: Shape = [allowNull, unique, primaryKey, autoIncrement, defaultValue]
    return addType(shape, type) && addReference(shape, attribute) ? shape : undefined
  }
}

interface Branch<Value> {
  readonly next: Map<unknown, Branch<Value>>
  value?: Value
}

/** Values by shapes: nothing is written to look one up. */
export class ByShape<Value> {
  readonly #root: Branch<Value> = { next: new Map() }

  /** The value of a shape; made where there is none yet. */
  get(shape: Shape, make: () => Value): Value {
    let branch = this.#root
    for (const part of shape) {
      let next = branch.next.get(part)
      if (next === undefined) {
        next = { next: new Map() }
        branch.next.set(part, next)
      }
      branch = next
    }
    if (branch.value === undefined) branch.value = make()
    return branch.value
  }
}

import { MigratorError } from '../errors.js'
import { ResultOf } from '../operations/op-call.js'
import { renderDataType } from './data-types.js'
import { type Code, type CodeItem, item, layOut } from './layout.js'
import { renderText } from './text.js'

/** Names of the package `sequelize` that a source uses. */
export type SequelizeName = 'DataTypes' | 'Op' | 'Sequelize'

/** A source, and what it needs. */
export interface Rendered {
  readonly text: string
  /** To be imported from `sequelize`. */
  readonly sequelizeNames: ReadonlySet<SequelizeName>
}

/** Source that is taken as it is, wherever it stands in a value. */
export class Verbatim {
  constructor(readonly source: string) {}
}

/**
 * A value as source that gives an equal value: texts, numbers, big integers, booleans, null, undefined, arrays, plain objects
 * (operators of Sequelize's as keys too), dates, buffers, data types, and what `Sequelize.literal`, `fn`, `col`, `cast`, `json` and `where` make.
 *
 * @param value - Without circles.
 * @param indent - Of the line on which it begins, for what does not fit on one.
 * @throws MigratorError `NOT_RENDERABLE` for anything else, such as a function.
 */
export const renderLiteral = (value: unknown, indent = 0): Rendered => {
  const renderer = new Renderer()
  return renderer.result(layOut(renderer.code(value), indent, indent))
}

/**
 * A call as source.
 *
 * @param name - Such as `await op.createTable`.
 * @param values - Its arguments, as of {@link renderLiteral}.
 * @param indent - Of the line on which it begins.
 */
export const renderCall = (name: string, values: readonly unknown[], indent = 0): Rendered => {
  const renderer = new Renderer()
  return renderer.result(layOut(renderer.call(name, values), indent, indent))
}

/** Keeps what its values use, and finds circles. */
class Renderer {
  readonly #names = new Set<SequelizeName>()
  readonly #above = new Set<object>()

  result(text: string): Rendered {
    return { text, sequelizeNames: this.#names }
  }

  call(name: string, values: readonly unknown[]): Code {
    const items = values.map((value) => item(this.code(value)))
    return { open: `${name}(`, items, close: ')', isCall: true }
  }

  code(value: unknown): Code {
    switch (typeof value) {
      case 'string':
        return renderText(value)
      case 'number':
        return Object.is(value, -0) ? '-0' : String(value)
      case 'bigint':
        return `${value}n`
      case 'boolean':
        return String(value)
      case 'symbol':
        return this.#symbol(value)
      default:
        return value === null || value === undefined ? String(value) : this.#object(value)
    }
  }

  #object(value: object): Code {
    if (this.#above.has(value)) throw notRenderable('a value that contains itself')
    this.#above.add(value)
    const code = this.#special(value) ?? this.#plain(value)
    this.#above.delete(value)
    return code
  }

  #special(value: object): Code | undefined {
    if (value instanceof Verbatim) return value.source
    if (value instanceof ResultOf) return value.name
    if (value instanceof Date)
      return Number.isNaN(value.getTime()) ? 'new Date(NaN)' : `new Date('${value.toISOString()}')`
    if (Buffer.isBuffer(value)) return `Buffer.from('${value.toString('hex')}', 'hex')`
    const type = renderDataType(value, (part) => this.code(part))
    if (type !== undefined) {
      this.#names.add('DataTypes')
      return type
    }
    const [method, ...parts] = methodOf(value) ?? []
    if (method === undefined) return undefined
    this.#names.add('Sequelize')
    return this.call(`Sequelize.${method}`, parts)
  }

  #plain(value: object): Code {
    if (Array.isArray(value))
      return { open: '[', items: Array.from(value, (one) => item(this.code(one))), close: ']' }
    const prototype: unknown = Object.getPrototypeOf(value)
    if (typeof value === 'function' || (prototype !== null && !isPlainPrototype(prototype)))
      throw notRenderable(describe(value))
    const items = Reflect.ownKeys(value)
      .filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
      .map((key): CodeItem => ({ key: `${this.#key(key)}: `, code: this.code(Reflect.get(value, key)) }))
    return { open: '{', items, close: '}', isSpaced: true }
  }

  #key(key: string | symbol): string {
    if (typeof key === 'symbol') return `[${this.#symbol(key)}]`
    // Without the brackets it would set the prototype.
    if (key === '__proto__') return "['__proto__']"
    return /^[A-Za-z_$][\w$]*$/u.test(key) ? key : renderText(key).replace(/^`[\s\S]*`$/u, '[$&]')
  }

  /** Sequelize's operators are symbols of the registry, by their names. */
  #symbol(symbol: symbol): string {
    const name = Symbol.keyFor(symbol)
    if (name === undefined || !/^[a-z]\w*$/iu.test(name)) throw notRenderable(String(symbol))
    this.#names.add('Op')
    return `Op.${name}`
  }
}

/** What the host's realm calls `Object.prototype`. */
const isPlainPrototype = (prototype: unknown): boolean =>
  typeof prototype === 'object' &&
  prototype !== null &&
  Object.getPrototypeOf(prototype) === null &&
  Object.hasOwn(prototype, 'isPrototypeOf')

type Method = readonly [name: string, ...parts: unknown[]]

/** Which method of Sequelize's made the value, with what. Told by shape: the host may have another copy of the classes. */
const methodOf = (value: object): Method | undefined => {
  const own: unknown = Object.getPrototypeOf(value)
  const base: unknown = own === null ? null : Object.getPrototypeOf(own)
  if (typeof base !== 'object' || base === null || nameOfClass(base) !== 'SequelizeMethod') return undefined
  const fields = value as Readonly<Record<string, unknown>>
  switch (nameOfClass(value)) {
    case 'Literal':
      return ['literal', fields['val']]
    case 'Fn':
      return ['fn', fields['fn'], ...(fields['args'] as readonly unknown[])]
    case 'Col':
      return ['col', fields['col']]
    case 'Cast':
      return ['cast', fields['val'], fields['type']]
    case 'Json':
      if (fields['conditions'] !== undefined) return ['json', fields['conditions']]
      return fields['value'] === undefined
        ? ['json', fields['path']]
        : ['json', fields['path'], fields['value']]
    case 'Where':
      // Two arguments of the method are the first and the last field.
      return fields['logic'] === undefined
        ? ['where', fields['attribute']]
        : ['where', fields['attribute'], fields['comparator'], fields['logic']]
    default:
      return undefined
  }
}

const describe = (value: object): string => {
  const key: unknown = Reflect.get(value, 'key')
  if (typeof key === 'string' && typeof Reflect.get(value, 'toSql') === 'function')
    return `the data type ${key}`
  return typeof value === 'function' ? 'a function' : `an instance of ${nameOfClass(value)}`
}

const nameOfClass = (value: object): string => {
  const made: unknown = Reflect.get(value, 'constructor')
  return typeof made === 'function' ? made.name : 'object'
}

const notRenderable = (what: string): MigratorError =>
  new MigratorError('NOT_RENDERABLE', `Source cannot be written for ${what}. Nothing was written.`, {
    subject: what,
  })

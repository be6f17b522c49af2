/** The longest name of a constraint or an index. */
export interface NameLimit {
  readonly length: number
  /** What is counted: bytes in UTF-8, or characters of JavaScript. */
  readonly unit: 'bytes' | 'characters'
}

const encoder = new TextEncoder()

const lengthOf = (name: string, { unit }: NameLimit): number =>
  unit === 'bytes' ? encoder.encode(name).length : name.length

/** FNV-1a, 32 bits: it tells names from each other, and hides nothing. http://www.isthe.com/chongo/tech/comp/fnv/ */
const hashOf = (name: string): string => {
  let hash = 0x811c9dc5
  for (const byte of encoder.encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}

/**
 * A name that the engine takes: one that is too long is cut, and ends in `_` and eight digits of a hash of all of it. Names
 * that begin alike stay different, and the same name is always cut to the same.
 *
 * @param limit - Of the engine; `null`: it takes any.
 */
export const shortName = (name: string, limit: NameLimit | null): string => {
  if (limit === null || lengthOf(name, limit) <= limit.length) return name
  const end = `_${hashOf(name)}`
  let start = ''
  for (const character of name) {
    if (lengthOf(start + character + end, limit) > limit.length) break
    start += character
  }
  return start + end
}

/** What a derived name is for; an `added key` is the one of `addColumn`. */
export type NamedKind = 'unique' | 'check' | 'primary key' | 'foreign key' | 'added key' | 'changed key'

/**
 * The name that Sequelize derives for a constraint, short enough.
 *
 * @param table - Its name, with its schema and a dot where the author has given one.
 * @param columns - In their order.
 * @param limit - Of the engine.
 * @param target - The table that a foreign key refers to.
 */
export const derivedName = (
  kind: NamedKind,
  table: string,
  columns: readonly string[],
  limit: NameLimit | null,
  target = '',
): string => shortName(`${table}_${columns.join('_')}${ENDS[kind](target)}`, limit)

const ENDS: Readonly<Record<NamedKind, (target: string) => string>> = {
  unique: () => '_uk',
  check: () => '_ck',
  'primary key': () => '_pk',
  'foreign key': (target) => `_${target}_fk`,
  'added key': () => '_foreign_idx',
  'changed key': () => '_2',
}

/** The words of a name as Sequelize's index names have them; that of the host's own copy of Sequelize. */
export type Underscore = (text: string) => string

/**
 * The name that Sequelize derives for an index, short enough.
 *
 * @param fields - As `addIndex` takes them: names, or objects with `name` or `attribute`.
 * @param prefix - Instead of the table's name.
 */
export const derivedIndexName = (
  table: unknown,
  fields: readonly unknown[],
  { limit, underscore }: Naming,
  prefix?: unknown,
): string => {
  const named = typeof prefix === 'string' && prefix !== '' ? prefix : table
  const start =
    typeof named === 'string' ? named.replace(/\./gu, '_').replace(/["']/gu, '') : tableNameIn(named)
  const names = fields.map((field) => {
    if (typeof field === 'string') return field
    const { name, attribute } = (field ?? {}) as { readonly name?: unknown; readonly attribute?: unknown }
    // An expression has none, and Sequelize puts nothing in its place.
    return String(name ?? attribute ?? '')
  })
  return shortName(underscore([start, ...names].join('_')), limit)
}

/** What names are made with. */
export interface Naming {
  readonly limit: NameLimit | null
  readonly underscore: Underscore
}

const tableNameIn = (table: unknown): string =>
  typeof table === 'string' ? table : String((table as { readonly tableName?: unknown } | null)?.tableName)

const qualifiedName = (table: unknown): string => {
  const { schema } = (typeof table === 'object' ? (table ?? {}) : {}) as { readonly schema?: unknown }
  return typeof schema === 'string' && schema !== '' ? `${schema}.${tableNameIn(table)}` : tableNameIn(table)
}

type Options = Readonly<Record<string, unknown>>

const isOptions = (value: unknown): value is Options =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Options of `addConstraint` with the name that the constraint gets. */
export const withConstraintName = (table: unknown, options: unknown, limit: NameLimit | null): unknown => {
  if (!isOptions(options)) return options
  if (typeof options['name'] === 'string' && options['name'] !== '')
    return { ...options, name: shortName(options['name'], limit) }
  const kind = String(options['type']).toLowerCase()
  if (kind !== 'unique' && kind !== 'check' && kind !== 'primary key' && kind !== 'foreign key')
    return options
  const { fields, references } = options
  if (!Array.isArray(fields)) return options
  const columns = fields.map((field: unknown) => {
    if (typeof field === 'string') return field
    const { name, attribute } = (field ?? {}) as { readonly name?: unknown; readonly attribute?: unknown }
    return typeof name === 'string' ? name : typeof attribute === 'string' ? attribute : undefined
  })
  // An expression: Sequelize takes its SQL into the name.
  if (!columns.every((column) => column !== undefined)) return options
  const target = tableNameIn((references as { readonly table?: unknown } | undefined)?.table)
  return { ...options, name: derivedName(kind, qualifiedName(table), columns, limit, target) }
}

/** Constraints of `createTable` and `addColumn`, under names that are short enough. */
const withShortNames = (options: unknown, limit: NameLimit | null): unknown => {
  if (limit === null || !isOptions(options)) return options
  const shortened = (list: unknown): unknown =>
    Array.isArray(list)
      ? list.map((one: unknown) =>
          isOptions(one) && typeof one['name'] === 'string'
            ? { ...one, name: shortName(one['name'], limit) }
            : one,
        )
      : list
  return {
    ...options,
    ...('checks' in options && { checks: shortened(options['checks']) }),
    ...('foreignKeys' in options && { foreignKeys: shortened(options['foreignKeys']) }),
  }
}

/**
 * Arguments of a method of `op` with the names that are meant: derived where none is given, cut where they are too long. So
 * each engine has the same name for the same thing, and what was added is found again by its long name, or by its columns.
 *
 * @param method - Of `op`; those that name no constraint and no index keep their arguments.
 */
export const withNames = (method: string, args: readonly unknown[], naming: Naming): readonly unknown[] => {
  const { limit } = naming
  const [table, second, third, ...rest] = args
  const short = (name: unknown): unknown => (typeof name === 'string' ? shortName(name, limit) : name)
  switch (method) {
    case 'addIndex': {
      const isList = Array.isArray(second)
      const given: unknown = isList ? third : second
      const options: Options = isOptions(given) ? given : {}
      const fields: unknown = isList ? second : options['fields']
      if (!Array.isArray(fields)) return args
      // The fourth is the table's name as a host that wraps this method gives it.
      const raw = isList ? rest[0] : third
      const name =
        typeof options['name'] === 'string' && options['name'] !== ''
          ? shortName(options['name'], limit)
          : derivedIndexName(raw ?? table, fields, naming, options['prefix'])
      return [table, fields, { ...options, name }]
    }
    case 'removeIndex':
      return [
        table,
        Array.isArray(second) ? derivedIndexName(table, second, naming) : short(second),
        third,
        ...rest,
      ]
    case 'renameIndex':
    case 'renameConstraint':
      return [table, short(second), short(third), ...rest]
    case 'addConstraint':
      return [table, withConstraintName(table, second, limit), third, ...rest]
    case 'removeConstraint':
      return [table, short(second), third, ...rest]
    case 'createTable':
      return [table, second, withShortNames(third, limit), ...rest]
    case 'addColumn':
    case 'changeColumn':
      return [table, second, withShortNames(third, limit), ...rest]
    case 'alterTable':
      return [
        table,
        typeof second === 'function' ? namingChanges(table, second, naming) : second,
        third,
        ...rest,
      ]
    default:
      return args
  }
}

type Changes = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** The function of `op.alterTable`, whose methods are those of `op` without the table. */
const namingChanges =
  (table: unknown, describe: unknown, naming: Naming) =>
  (changes: Changes): unknown =>
    (describe as (changes: Changes) => unknown)(
      Object.fromEntries(
        Object.entries(changes).map(([kind, method]) => [
          kind,
          (...args: readonly unknown[]) => method(...withNames(kind, [table, ...args], naming).slice(1)),
        ]),
      ),
    )

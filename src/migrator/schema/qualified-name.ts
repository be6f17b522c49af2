import type { QualifiedName, Schema, Table } from './schema.js'

/** A text that two names share exactly when they are the same; any character may stand in a name. */
export const nameKey = ({ schema, name }: QualifiedName): string => JSON.stringify([schema, name])

/** Whether two names name the same thing. */
export const isSameName = (one: QualifiedName, other: QualifiedName): boolean =>
  one.schema === other.schema && one.name === other.name

/** The name alone, without what else the value has. */
export const nameOf = ({ schema, name }: QualifiedName): QualifiedName => ({ schema, name })

/** For people: `users`, `other.users`. */
export const nameText = ({ schema, name }: QualifiedName): string =>
  schema === null ? name : `${schema}.${name}`

interface Lookups {
  readonly values: Map<string | null, Map<string, QualifiedName>>
  readonly size: number
}

const lookups = new WeakMap<readonly QualifiedName[], Lookups | number>()

// Below that, going through a list takes less than to file it.
const FEW = 8

const filed = (values: readonly QualifiedName[]): Lookups => {
  const bySchema: Lookups['values'] = new Map()
  for (const value of values) {
    const names = bySchema.get(value.schema) ?? new Map<string, QualifiedName>()
    if (!names.has(value.name)) names.set(value.name, value)
    bySchema.set(value.schema, names)
  }
  const found = { values: bySchema, size: values.length }
  lookups.set(values, found)
  return found
}

/**
 * The first value of that name. A list that is asked often is filed by its names: looking up each table of a thousand among a
 * thousand would take seconds.
 *
 * @param values - Nothing in it may change but by growing.
 */
export const findByName = <T extends QualifiedName>(
  values: readonly T[],
  name: QualifiedName,
): T | undefined => {
  const known = lookups.get(values) ?? 0
  if (typeof known === 'number' && known < FEW) {
    lookups.set(values, known + 1)
    return values.find((value) => isSameName(value, name))
  }
  const { values: bySchema } =
    typeof known === 'number' || known.size !== values.length ? filed(values) : known
  return bySchema.get(name.schema)?.get(name.name) as T | undefined
}

/** The table of that name, if the schema has it. */
export const findTable = (schema: Schema, name: QualifiedName): Table | undefined =>
  findByName(schema.tables, name)

import type { ServerFacts, TranslatedTable } from '../dialect-autogenerate.js'
import { MigratorError } from '../errors.js'
import { referenceOf } from '../operations/sync-sql.js'
import { canonicalSchema, canonicalTable } from '../schema/canonical.js'
import { isSame } from '../schema/equal.js'
import type { ModelTable } from '../schema/model-table.js'
import { findByName, isSameName, nameKey } from '../schema/qualified-name.js'
import type { Column, EnumType, QualifiedName, Schema, Table } from '../schema/schema.js'
import { withActualEnums } from './own-renames.js'

/** What {@link wantedSchema} works with. */
export interface WantedRequest {
  /** All there is in the schemas of {@link schemasToReflect}, other owners' tables too: keys may refer to them. */
  readonly actual: Schema
  /** What the models say. */
  readonly tables: readonly ModelTable[]
  readonly facts: ServerFacts
  /** `Translator.translate`. */
  translate(table: ModelTable, actual: Table): TranslatedTable | undefined
  /** `Autogeneration.shadow`, with what it takes beside these. */
  shadow(tables: readonly ModelTable[], stubs: readonly Table[]): Promise<Schema>
  /** Whether the difference between two tables, if any, is of no interest. Default: {@link areAlike}. */
  looksEqual?(actual: Table, wanted: Table): boolean
}

/** The database as the models want it. */
export interface Wanted {
  /** The tables of the models, and the enum types that these use; in canonical order. */
  readonly schema: Schema
  /** Tables that the database itself has judged, in a shadow; the others looked equal without. */
  readonly judged: readonly QualifiedName[]
}

/** Whether two tables are the same but for the order of their columns. */
export const areAlike = (one: Table, other: Table): boolean =>
  one === other ||
  (areColumnsAlike(one.columns, other.columns) &&
    isSame({ ...canonicalTable(one), columns: null }, { ...canonicalTable(other), columns: null }))

const areColumnsAlike = (one: readonly Column[], other: readonly Column[]): boolean =>
  one.length === other.length &&
  one.every((column, at) => {
    const there = other[at]?.name === column.name ? other[at] : other.find(({ name }) => name === column.name)
    return isSame(column, there)
  })

const inCurrent = ({ schema, name }: QualifiedName, facts: ServerFacts): QualifiedName => ({
  schema: schema === facts.schema ? null : schema,
  name,
})

/** Whether the keys of a table name what there is letter by letter: else the engine may print another name than they do. */
const areKeysExact = (
  table: ModelTable,
  columnsOf: (name: QualifiedName) => readonly { readonly name: string }[] | undefined,
): boolean =>
  table.columns.every((column) => {
    if (column.attribute['references'] === undefined) return true
    const target = referenceOf(column)
    return target === undefined || columnsOf(target)?.some(({ name }) => name === target.key) === true
  })

/** Whether every key of these tables is to one of them, and names it and its column letter by letter. */
export const areKeysAmong = (tables: readonly ModelTable[], facts: ServerFacts): boolean => {
  const all = tables.map((table) => ({ ...inCurrent(table, facts), columns: table.columns }))
  const columnsOf = (name: QualifiedName) => findByName(all, inCurrent(name, facts))?.columns
  return tables.every((table) => areKeysExact(table, columnsOf))
}

const foldedKey = (name: QualifiedName): string => nameKey(name).toLowerCase()

/** Finds things by their names; where case alone makes the difference, what the engine would find. */
const finder = <T extends QualifiedName>(values: readonly T[]): ((name: QualifiedName) => T | undefined) => {
  let folded: ReadonlyMap<string, T> | undefined
  return (name) => {
    const exact = findByName(values, name)
    if (exact !== undefined) return exact
    folded ??= new Map(values.map((value) => [foldedKey(value), value]))
    return folded.get(foldedKey(name))
  }
}

/**
 * The schemas that the models and their keys speak of, for `reflect`; undefined where the current one is all.
 */
export const schemasToReflect = (
  tables: readonly ModelTable[],
  facts: ServerFacts,
): readonly string[] | undefined => {
  const named = tables.flatMap(({ schema, columns }) => [
    schema,
    ...columns.map((column) => referenceOf(column)?.schema ?? null),
  ])
  const others = new Set(named.filter((schema) => schema !== null && schema !== facts.schema))
  if (others.size === 0) return undefined
  return [facts.schema, ...others].filter((schema) => schema !== null)
}

/** What the tables refer to and are not themselves. */
const stubsFor = (tables: readonly ModelTable[], { actual, facts }: WantedRequest): readonly Table[] => {
  const isJudged = finder(tables.map((table) => inCurrent(table, facts)))
  const find = finder(actual.tables)
  const stubs = new Set<Table>()
  for (const { models, columns } of tables)
    for (const column of columns) {
      const target = referenceOf(column)
      if (target === undefined) continue
      const name = inCurrent(target, facts)
      if (isJudged(name) !== undefined) continue
      const table = find(name)
      if (table === undefined) throw noTarget(models, column.name, target)
      stubs.add(table)
    }
  return [...stubs]
}

const noTarget = (models: readonly string[], column: string, target: QualifiedName): MigratorError => {
  const name = target.schema === null ? target.name : `${target.schema}.${target.name}`
  return new MigratorError(
    'INVALID_MODEL',
    `The model ${models.map((model) => `"${model}"`).join(' and ')} cannot be compared with a database: its column "${column}" ` +
      `refers to the table "${name}", which no model and no database has. Nothing was changed. Correct the reference, ` +
      'or add the model of that table.',
    { subject: models[0] ?? column },
  )
}

/** A table of models that is there, and what the engine would print for it. */
interface Translated {
  readonly model: ModelTable
  readonly there: Table
  readonly translated: TranslatedTable
}

/** The translations with columns of the types that are there, where only the types' names differ. */
const withActualTypes = (
  different: readonly Translated[],
  others: readonly EnumType[],
  actual: Schema,
): readonly TranslatedTable[] => {
  const enums = [...others, ...different.flatMap(({ translated }) => translated.enums)]
  const tables = different.map(({ translated }) => translated.table)
  const called = withActualEnums({ tables, enums }, actual).tables
  return called.map((table, at) => ({ table, enums: usedIn(table, different[at]?.translated.enums ?? []) }))
}

const usedIn = ({ columns }: Table, enums: readonly EnumType[]): readonly EnumType[] =>
  enums.filter((type) => columns.some(({ enumType }) => enumType !== null && isSameName(enumType, type)))

/**
 * What the models want, as the engine itself would print it. A table whose translation looks like the one that is there is
 * taken at its word; all others are made in a shadow, together, and read back. Nothing is asked when all look equal.
 *
 * @throws MigratorError `INVALID_MODEL` for a key to a table that nobody has; what `shadow` throws.
 */
export const wantedSchema = async (request: WantedRequest): Promise<Wanted> => {
  const { actual, facts, looksEqual = areAlike } = request
  const find = finder(actual.tables)
  const findEnum = finder(actual.enums)
  const said = request.tables.map((table) => ({ ...inCurrent(table, facts), columns: table.columns }))
  const columnsOf = (given: QualifiedName): readonly { readonly name: string }[] | undefined => {
    const name = inCurrent(given, facts)
    return (findByName(said, name) ?? findByName(actual.tables, name))?.columns
  }
  const equal: Table[] = []
  const enums: EnumType[] = []
  const different: Translated[] = []
  const unsure: ModelTable[] = []
  const judge = (one: Translated, { table, enums: own }: TranslatedTable): boolean => {
    const isEqual = looksEqual(one.there, table) && own.every((type) => isSame(findEnum(type), type))
    if (!isEqual) return false
    // The very same object: what comes after has nothing to compare.
    equal.push(looksEqual === areAlike ? one.there : table)
    enums.push(...own)
    return true
  }
  for (const model of request.tables) {
    const there = find(inCurrent(model, facts))
    const translated =
      there === undefined || !areKeysExact(model, columnsOf) ? undefined : request.translate(model, there)
    if (there === undefined || translated === undefined) unsure.push(model)
    else {
      const one = { model, there, translated }
      if (!judge(one, translated)) different.push(one)
    }
  }
  // Which type a name means depends on what all want of it; and a shadow that is made anyway tells all at once.
  const called = unsure.length > 0 ? [] : withActualTypes(different, enums, actual)
  unsure.push(
    ...different.filter((one, at) => !called[at] || !judge(one, called[at])).map(({ model }) => model),
  )
  // Looked for also where nothing is to be made: a key to nothing is wrong in every case.
  const stubs = stubsFor(unsure, request)
  const judged: Schema = unsure.length === 0 ? { tables: [], enums: [] } : await request.shadow(unsure, stubs)
  const tables = [...equal, ...judged.tables]
  const known = [...enums, ...judged.enums]
  return {
    schema: canonicalSchema({ tables, enums: [...known, ...borrowed(tables, known, actual)] }),
    judged: unsure.map((table) => inCurrent(table, facts)),
  }
}

/** Enum types of the database that columns use by name, and no model makes. */
const borrowed = (
  tables: readonly Table[],
  known: readonly EnumType[],
  actual: Schema,
): readonly EnumType[] => {
  const has = finder(known)
  const find = finder(actual.enums)
  const used = tables.flatMap(({ columns }) => columns.flatMap(({ enumType }) => enumType ?? []))
  return [...new Set(used.filter((name) => has(name) === undefined).flatMap((name) => find(name) ?? []))]
}

import type { QueryInterface } from 'sequelize'
import { MigratorError } from '../../errors.js'

/** The name of a table or type as an author gives it; without a schema it is the one that the search path means. */
export interface Named {
  readonly schema?: string
  readonly name: string
}

/** The parts of Sequelize 6's generator that its declarations leave out. */
export interface Generator {
  readonly options: { readonly quoteIdentifiers?: boolean }
  quoteIdentifier(name: string, force?: boolean): string
  quoteTable(table: unknown, alias?: unknown): string
  createSchema(schema: string): string
  dropSchema(schema: string): string
  escape(value: unknown, field?: object, options?: object): string
  whereQuery(where: unknown, options?: object): string
  whereItemsQuery(where: unknown, options?: object): string
  handleSequelizeMethod(method: unknown): string
}

/** PostgreSQL cuts names at 63 bytes, never inside a character. */
const LONGEST_NAME = 63

/**
 * A table: a text, which is one name whatever is in it, or `{ tableName, schema }`. Quotes are taken out, as Sequelize takes them
 * out: its models would not find the table otherwise.
 */
export const nameOf = (table: unknown, schema?: unknown): Named => {
  const exact = exactNameOf(table, schema)
  const name = exact.name.replaceAll('"', '')
  return exact.schema === undefined ? { name } : { schema: exact.schema.replaceAll('"', ''), name }
}

/** What Sequelize takes for a table, and we for a type, with quotes and all. */
export const exactNameOf = (table: unknown, schema?: unknown): Named => {
  const given =
    typeof table === 'string' ? { tableName: table } : (table as Readonly<Record<string, unknown>>)
  const name = given?.['tableName'] ?? given?.['name']
  const owner = given?.['schema'] ?? schema
  if (typeof name !== 'string' || name === '')
    throw new MigratorError(
      'UNSAFE_OPERATION',
      'a name is missing: it is a text, or { tableName, schema }. Nothing was sent',
    )
  return typeof owner === 'string' && owner !== '' ? { schema: owner, name } : { name }
}

/** A name as the server keeps it. */
export const cutName = (name: string): string => {
  let kept = ''
  let bytes = 0
  for (const character of name) {
    bytes += Buffer.byteLength(character)
    if (bytes > LONGEST_NAME) break
    kept += character
  }
  return kept
}

/** A name as PostgreSQL itself makes one for a sequence, of the table, the column and a word: the longer of the two gives way. */
export const madeName = (table: string, column: string, word: string): string => {
  let [first, second] = [table, column]
  const room = LONGEST_NAME - Buffer.byteLength(word) - 2
  const shorter = (name: string): string => [...name].slice(0, -1).join('')
  while (Buffer.byteLength(first) + Buffer.byteLength(second) > room) {
    if (Buffer.byteLength(first) > Buffer.byteLength(second)) first = shorter(first)
    else second = shorter(second)
  }
  return `${first}_${second}_${word}`
}

/** A text as SQL. */
export const sqlText = (text: string): string =>
  text.includes('\\')
    ? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
    : `'${text.replaceAll("'", "''")}'`

/** A text between dollar signs, whatever is in it. */
export const dollarQuoted = (text: string): string => {
  let tag = 'sm2kit'
  while (text.includes(`$${tag}`)) tag += '_'
  return `$${tag}$${text}$${tag}$`
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** How names are written on this instance. */
export interface Names {
  /** A name as SQL. */
  id(name: string): string
  /** A list of names as SQL. */
  ids(names: readonly string[]): string
  /** A name with its schema as SQL. */
  full(named: Named): string
  /** A name as the catalog has it. */
  kept(name: string): string
  /** SQL of the number of a table, NULL where there is none. */
  regclass(named: Named): string
  /** SQL of the number of a type, NULL where there is none. */
  regtype(named: Named): string
  /** Sequelize's generator, which writes names as we do: its own takes quotes out of them. */
  readonly generator: Generator
}

/** The {@link Names} of an instance; one that was told `quoteIdentifiers: false` goes without quotes where Sequelize does. */
export const namesOf = (queryInterface: QueryInterface): Names => {
  const own = (queryInterface as unknown as { queryGenerator: Generator }).queryGenerator
  const isBare = (name: string): boolean =>
    own.options.quoteIdentifiers === false &&
    /^[a-z_][\w$]*$/iu.test(name) &&
    own.quoteIdentifier(name) === name
  const id = (name: string): string => (isBare(name) ? name : quote(name))
  const full = ({ schema, name }: Named): string =>
    `${schema === undefined ? '' : `${id(schema)}.`}${id(name)}`
  return {
    id,
    ids: (names) => names.map(id).join(', '),
    full,
    kept: (name) => cutName(isBare(name) ? name.toLowerCase() : name),
    regclass: (named) => `to_regclass(${sqlText(full(named))})`,
    regtype: (named) => `to_regtype(${sqlText(full(named))})`,
    generator: generatorOf(own, id),
  }
}

/** Columns are written as they are named: without it, rows would go into others than those that `addColumn` makes. */
const generatorOf = (own: Generator, id: (name: string) => string): Generator =>
  Object.create(own, {
    quoteIdentifier: { value: (name: string) => (name === '*' ? name : id(name)) },
    // By its own words, which take quotes out of the names of tables and schemas.
    quoteTable: { value: (table: unknown, alias?: unknown) => own.quoteTable(table, alias) },
    createSchema: { value: (schema: string) => own.createSchema(schema) },
    dropSchema: { value: (schema: string) => own.dropSchema(schema) },
  })

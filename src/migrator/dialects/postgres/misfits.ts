import type { ColumnFacts } from './column-facts.js'
import type { Conversion } from './conversion.js'
import { type Named, type Names, sqlText } from './names.js'
import type { Room } from './room.js'
import { refuse, type Statements } from './statements.js'

interface Found {
  readonly rows: string
  readonly one: string | null
}

/** The first version that can tell whether a text is readable as a type without an error. */
const READS_WITHOUT_ERROR = 160000

const READER = `CREATE FUNCTION pg_temp.sm2kit_is_readable(value text, type text) RETURNS boolean LANGUAGE plpgsql AS ${'$body$'}
BEGIN
  EXECUTE format('SELECT CAST($1 AS %s)', type) USING value;
  RETURN true;
EXCEPTION WHEN data_exception OR invalid_text_representation THEN RETURN false;
END ${'$body$'}`

/**
 * Counts the rows of a condition, and names one of them by its primary key.
 *
 * @param table - SQL.
 */
export const countRows = async (
  statements: Statements,
  names: Names,
  table: string,
  key: readonly string[],
  condition: string,
): Promise<Found | undefined> => {
  const parts = key.map((column) => `${sqlText(column)}, ${names.id(column)}`)
  const one = parts.length === 0 ? 'NULL' : `min(json_build_object(${parts.join(', ')})::text)`
  const rows = await statements.look<Found>(
    `SELECT count(*)::text AS rows, ${one} AS one FROM ${table} WHERE ${condition}`,
  )
  const [found] = rows ?? []
  return found === undefined || found.rows === '0' ? undefined : found
}

/** Those rows in words: "3 rows, among them that with id = 5,". */
export const describeRows = ({ rows, one }: Found): string => {
  const many = rows === '1' ? '1 row' : `${rows} rows`
  if (one === null) return many
  const key = Object.entries(JSON.parse(one) as Record<string, unknown>)
  const pairs = key.map(([column, value]) => `${column} = ${JSON.stringify(value)}`).join(', ')
  return rows === '1' ? `${many}, that with ${pairs},` : `${many}, among them that with ${pairs},`
}

/**
 * Refuses a conversion that would lose, change or not take a value of some row. Nothing is looked at in a plan: the steps
 * before may mend the rows.
 */
export const refuseMisfits = async (
  room: Room,
  statements: Statements,
  change: {
    readonly what: string
    readonly table: Named
    readonly column: string
    readonly facts: ColumnFacts
    readonly to: string
    readonly conversion: Conversion
  },
): Promise<void> => {
  if (statements.mode === 'collected') return
  const { names } = room
  const { what, table, column, facts, to, conversion } = change
  const { misfits, readableAs } = conversion
  const of = (tests: readonly ((value: string) => string)[]): string =>
    facts.isArray
      ? `EXISTS (SELECT FROM unnest(${names.id(column)}) AS e(v) WHERE ${tests.map((test) => test('e.v')).join(' OR ')})`
      : tests.map((test) => test(names.id(column))).join(' OR ')
  const count = async (tests: readonly ((value: string) => string)[]): Promise<void> => {
    if (tests.length === 0) return
    const found = await countRows(
      statements,
      names,
      names.full(table),
      facts.primaryKey?.columns ?? [],
      of(tests),
    )
    if (found === undefined) return
    throw refuse(
      what,
      `${describeRows(found)} would not keep their value as ${to}. Nothing of it was done. Mend the rows before it, or say with \`using\` what becomes of them`,
    )
  }
  if (readableAs === undefined) return count(misfits)
  const type = sqlText(readableAs)
  if (facts.version >= READS_WITHOUT_ERROR)
    return count([(value) => `NOT pg_input_is_valid(${value}::text, ${type})`, ...misfits])
  const unreadable = (value: string): string =>
    `NOT coalesce(pg_temp.sm2kit_is_readable(${value}::text, ${type}), true)`
  await withReader(room, () => count([unreadable, ...misfits]))
}

class TakenBack extends Error {}

/** A function that is there for the time of a question, in a transaction that is taken back. */
const withReader = async (
  { queryInterface: { sequelize } }: Room,
  ask: () => Promise<void>,
): Promise<void> => {
  const asked = sequelize.transaction(async () => {
    await sequelize.query(READER, { journal: { isUnnoted: true } } as object)
    await ask()
    throw new TakenBack()
  })
  await asked.catch((error: unknown) => {
    if (!(error instanceof TakenBack)) throw error
  })
}

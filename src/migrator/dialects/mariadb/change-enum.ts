import { MigratorError } from '../../errors.js'
import { type EnumMoves, movedDefault, movingSql } from '../../operations/enum-change.js'
import type { Table } from '../../schema/schema.js'
import { type ColumnDefinition, definitionIn, printDefinition } from './column-definition.js'
import { parseType } from './column-type.js'
import { refuseMisfits } from './misfits.js'
import { reflectTable } from './reflect.js'
import { isSameName, quoteName, quoteTable, quoteText, type TableRef, unquoteText } from './sql.js'
import { refuse, type Statements } from './statements.js'
import { strictMode } from './strict-mode.js'

interface EnumColumn {
  readonly table: Table
  readonly name: string
  readonly definition: ColumnDefinition
  readonly values: readonly string[]
  /** Whether a value is another one in the column's eyes, where only the case of its letters is. */
  readonly isCaseBlind: boolean
}

/**
 * `op.changeEnum`: where rows get other values, the column takes the old and the new ones first, the rows are changed, and it
 * takes only the new ones then; a statement each. Otherwise one statement does it.
 *
 * @throws MigratorError `UNSAFE_OPERATION` before anything is changed.
 */
export const changeEnum = async (
  statements: Statements,
  ref: TableRef,
  column: string,
  wanted: EnumMoves,
  what: string,
): Promise<void> => {
  const asked = `op.changeEnum ${ref.name} ${column} ${JSON.stringify([wanted.values, [...wanted.moves]])}`
  const read = (): Promise<EnumColumn> => readEnum(statements, ref, column, what)
  // A script is made of the column as it is before the first statement.
  let known: EnumColumn | undefined
  const present = async (): Promise<EnumColumn> => {
    if (!statements.isCollected) return read()
    known ??= await read()
    return known
  }
  const alter = (found: EnumColumn, values: readonly string[], defaultSql: string | null): string => {
    const type = `ENUM(${values.map(quoteText).join(',')})`
    const definition = printDefinition({ ...found.definition, type, default: defaultSql })
    return `ALTER TABLE ${quoteTable(ref)} MODIFY COLUMN ${quoteName(found.name)} ${definition}`
  }
  let relax: (() => Promise<void>) | undefined
  try {
    if (wanted.moves.size > 0) {
      await statements.ask(`${asked} 1`, async () => {
        const found = await present()
        defaultAfter(found, wanted, ref, what)
        await refuseRemoved(statements, ref, found, wanted, what)
        const { values, definition } = found
        return alter(found, withNew(found, [...values], wanted.values), definition.default)
      })
      await statements.ask(`${asked} 2`, async () => {
        const found = await present()
        const name = quoteName(found.name)
        const from = [...wanted.moves.keys()].map(quoteText).join(', ')
        // They would take the moment of this for a change of the row.
        const kept = found.table.columns
          .filter(({ onUpdate, name: other }) => onUpdate !== null && other !== found.name)
          .map(({ name: other }) => `, ${quoteName(other)} = ${quoteName(other)}`)
        return `UPDATE ${quoteTable(ref)} SET ${name} = ${movingSql(name, wanted, quoteText)}${kept.join('')} WHERE ${name} IN (${from})`
      })
    }
    await statements.ask(`${asked} 3`, async () => {
      const found = await present()
      const defaultSql = defaultAfter(found, wanted, ref, what)
      const moved = { ...wanted, moves: new Map<string, string | null>() }
      await refuseRemoved(statements, ref, found, moved, what)
      if (!statements.isCollected) relax = await strictMode(statements)
      return alter(found, wanted.values, defaultSql)
    })
  } finally {
    await relax?.()
  }
}

/** The former values and those that are new, in the column's eyes. */
const withNew = (
  { isCaseBlind }: EnumColumn,
  former: readonly string[],
  values: readonly string[],
): readonly string[] => {
  const folded = (value: string): string => (isCaseBlind ? value.toLowerCase() : value)
  const known = new Set(former.map(folded))
  return [...former, ...values.filter((value) => !known.has(folded(value)))]
}

const readEnum = async (
  statements: Statements,
  ref: TableRef,
  column: string,
  what: string,
): Promise<EnumColumn> => {
  const table = await readTable(statements, ref, what)
  const definition = definitionIn(table, column)
  const name = table.columns.find((one) => isSameName(one.name, column))?.name
  if (definition === undefined || name === undefined)
    throw refuse(what, ref.name, `there is no column "${column}"`)
  const type = parseType(definition.type)
  if (type.kind !== 'enum') throw refuse(what, ref.name, `"${name}" is no enum, but ${definition.type}`)
  const collation = definition.collation ?? table.options.collation ?? ''
  return {
    table,
    name,
    definition,
    values: type.values,
    isCaseBlind: !/_(?:bin|cs)$|_as_cs/u.test(collation),
  }
}

const readTable = async (statements: Statements, ref: TableRef, what: string): Promise<Table> => {
  try {
    const table = await reflectTable(statements, ref)
    if (table !== undefined) return table
    throw refuse(what, ref.name, `there is no table "${ref.name}"`)
  } catch (error) {
    if (!statements.isCollected || !(error instanceof MigratorError) || error.code !== 'OFFLINE_READ')
      throw error
    throw new MigratorError(
      'OFFLINE_READ',
      `${what} needs the column as it is, which is not to be seen here: run it against a database`,
      { subject: ref.name, cause: error },
    )
  }
}

const defaultAfter = (
  { definition, values, name }: EnumColumn,
  wanted: EnumMoves,
  ref: TableRef,
  what: string,
): string | null => {
  if (definition.default === null) return null
  const value = unquoteText(definition.default)
  if (value === undefined) return definition.default
  const moved = movedDefault(value, wanted)
  if (moved === undefined)
    throw refuse(
      what,
      ref.name,
      `${JSON.stringify(value)} is the default of "${name}" and would be gone. Name what takes its place, or change the default first`,
    )
  // The server says DEFAULT NULL of a column that has none.
  void values
  return moved === null ? null : quoteText(moved)
}

/** Rows with a value that goes and has nothing in its place. */
const refuseRemoved = async (
  statements: Statements,
  ref: TableRef,
  { table, name, definition }: EnumColumn,
  { moves, values }: EnumMoves,
  what: string,
): Promise<void> => {
  if (statements.isCollected) return
  const column = quoteName(name)
  const kept = [...values, ...moves.keys()].map(quoteText).join(', ')
  const toNull = [...moves].filter(([, to]) => to === null).map(([from]) => quoteText(from))
  await refuseMisfits(statements, what, { ref, table }, `"${name}"`, [
    {
      condition: `${column} NOT IN (${kept})`,
      why: 'a value that goes and has nothing in its place. Name that in `map`, or change the rows first',
    },
    ...(definition.nullable === false && toNull.length > 0
      ? [
          {
            condition: `${column} IN (${toNull.join(', ')})`,
            why: 'a value that is to become NULL, which the column does not take',
          },
        ]
      : []),
  ])
}

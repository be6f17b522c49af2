import type { QueryInterface } from 'sequelize'
import { MigratorError } from '../../errors.js'
import type { Table } from '../../schema/schema.js'
import { askedOf, type Wanted, wantedOf } from './attribute.js'
import {
  columnClauses,
  type Found,
  keyClauses,
  modify,
  primaryKeyClauses,
  renameBack,
  uniqueClauses,
} from './column-clauses.js'
import { type ColumnDefinition, definitionIn, plainColumn } from './column-definition.js'
import { hasCollation, isSameType, parseType } from './column-type.js'
import type { FormerColumns } from './former-columns.js'
import { misfitsOf, refuseMisfits } from './misfits.js'
import { reflectTable } from './reflect.js'
import { isSameName, quoteName, quoteTable, type TableRef } from './sql.js'
import { refuse, type Statements } from './statements.js'
import { strictMode } from './strict-mode.js'

/** One call of `op.changeColumn`. */
export interface ChangeOfColumn {
  readonly queryInterface: QueryInterface
  readonly statements: Statements
  readonly former: FormerColumns
  readonly ref: TableRef
  readonly column: string
  readonly attribute: unknown
  /** For messages. */
  readonly what: string
}

/**
 * Changes what the attribute names and keeps the rest, in one ALTER TABLE; a key that is replaced, and a virtual column that
 * becomes a plain one, take a second. docs/operations-mariadb.md says why.
 *
 * @throws MigratorError `UNSAFE_OPERATION` before anything is changed; `OFFLINE_READ` where the former definition is needed
 *   and not to be seen.
 */
export const changeColumn = async (change: ChangeOfColumn): Promise<void> => {
  const { statements, ref, column } = change
  const wanted = wantedOf(change.queryInterface, change.attribute, false)
  const asked = `op.changeColumn ${ref.name} ${column} ${askedOf(wanted)}`
  let plan: Plan | undefined
  let relax: (() => Promise<void>) | undefined
  try {
    await statements.ask(asked, async () => {
      plan = await planOf(change, wanted)
      if (plan.isConverted) relax = await strictMode(statements)
      return plan.first
    })
    if (wanted.definition.generated !== null && !namesKey(wanted)) return
    await statements.ask(`${asked} 2`, async () =>
      plan === undefined ? await secondOf(change, wanted) : plan.second,
    )
  } finally {
    await relax?.()
  }
}

const namesKey = ({ references, onDelete, onUpdate }: Wanted): boolean =>
  (references !== undefined && references !== null) || onDelete !== undefined || onUpdate !== undefined

interface Plan {
  readonly first: string | undefined
  readonly second: string | undefined
  /** Values are turned into those of another type. */
  readonly isConverted: boolean
}

const planOf = async (change: ChangeOfColumn, wanted: Wanted): Promise<Plan> => {
  const { statements, ref, what } = change
  const found = await findColumn(change)
  if (found === undefined) return blindPlan(change, wanted)
  const { table, name, before } = found
  const after = mergedDefinition(before, wanted)
  const alter = (clauses: readonly string[]): string | undefined =>
    clauses.length === 0 ? undefined : `ALTER TABLE ${quoteTable(ref)} ${clauses.join(', ')}`
  const key = keyClauses(found, wanted, ref)
  const column = columnClauses(found, after, wanted.position)
  const checks = wanted.checks.filter(({ name: check, expression }) =>
    table.checks.every((other) => other.name !== check || other.expression !== expression),
  )
  if (!statements.isCollected) {
    const misfits = [
      ...misfitsOf(name, before, after, table.options.collation),
      ...key.misfits,
      ...checks.map((check) => ({
        condition: `NOT (${check.expression})`,
        why: `a value that does not meet ${check.name}`,
      })),
    ]
    await refuseMisfits(statements, what, { ref, table }, `"${name}"`, misfits)
  }
  const isNamed = (check: string): boolean => table.checks.some((other) => other.name === check)
  const first = alter([
    ...key.first.filter((clause) => clause.startsWith('DROP')),
    ...checks
      .filter((check) => isNamed(check.name))
      .map((check) => `DROP CONSTRAINT ${quoteName(check.name)}`),
    ...column.first,
    ...uniqueClauses(found, wanted, change.column),
    ...primaryKeyClauses(found, wanted, change),
    ...key.first.filter((clause) => !clause.startsWith('DROP')),
    ...checks.map((check) => `ADD CONSTRAINT ${quoteName(check.name)} CHECK (${check.expression})`),
  ])
  if (statements.isCollected) change.former.set(ref.name, change.column, after)
  const isConverted = !statements.isCollected && !isSameType(before.type, after.type)
  return { first, second: alter([...column.second, ...key.second]), isConverted }
}

/** What is left to do when a former run has done the first statement. */
const secondOf = async (change: ChangeOfColumn, wanted: Wanted): Promise<string | undefined> => {
  const found = await findColumn(change)
  if (found === undefined) return undefined
  const clauses = [
    ...(wanted.definition.generated === null && found.before.generated !== null
      ? [modify(found.name, mergedDefinition(found.before, wanted))]
      : []),
    ...renameBack(found),
  ]
  return clauses.length === 0 ? undefined : `ALTER TABLE ${quoteTable(change.ref)} ${clauses.join(', ')}`
}

/** The column as it is; undefined where it cannot be looked at because nothing is run. */
const findColumn = async ({
  statements,
  former,
  ref,
  column,
  what,
}: ChangeOfColumn): Promise<Found | undefined> => {
  const known = former.of(ref.name, column)
  const table = await readTable(statements, ref)
  const read = table === undefined ? undefined : definitionIn(table, column)
  const before = known ?? read
  if (before !== undefined)
    return {
      table: table ?? emptyTable(ref),
      name: table?.columns.find(({ name }) => isSameName(name, column))?.name ?? column,
      before,
    }
  if (statements.isCollected) return undefined
  throw refuse(
    what,
    ref.name,
    table === undefined ? `there is no table "${ref.name}"` : `there is no column "${column}"`,
  )
}

const readTable = async (statements: Statements, ref: TableRef): Promise<Table | undefined> => {
  try {
    return await reflectTable(statements, ref)
  } catch (error) {
    if (statements.isCollected && error instanceof MigratorError && error.code === 'OFFLINE_READ')
      return undefined
    throw error
  }
}

const emptyTable = ({ schema, name }: TableRef): Table => ({
  schema,
  name,
  columns: [],
  primaryKey: null,
  uniques: [],
  indexes: [],
  foreignKeys: [],
  checks: [],
  exclusions: [],
  comment: null,
  options: {},
})

const COMPLETE = ['type', 'nullable', 'default', 'comment'] as const

/** Without a look at the column: what is not named is nothing. */
const blindPlan = (change: ChangeOfColumn, wanted: Wanted): Plan => {
  const { ref, column, what } = change
  const { definition, references, onDelete, onUpdate } = wanted
  const isComplete =
    COMPLETE.every((part) => part in definition) ||
    ('type' in definition && 'generated' in definition && definition.generated !== null)
  const needsLook =
    wanted.unique === false ||
    wanted.primaryKey === false ||
    references === null ||
    (references === undefined && (onDelete !== undefined || onUpdate !== undefined))
  if (!isComplete || needsLook)
    throw new MigratorError(
      'OFFLINE_READ',
      `${what} needs the column as it is, which is not to be seen here: MODIFY would lose what it does not say. Name all of ` +
        '`type`, `allowNull`, `defaultValue` and `comment`, and neither take a key away nor change its actions alone; or run ' +
        'it against a database',
      { subject: ref.name },
    )
  const found: Found = { table: emptyTable(ref), name: column, before: plainColumn('') }
  const after = mergedDefinition(found.before, wanted)
  change.former.set(ref.name, column, after)
  const clauses = [
    modify(column, after, wanted.position),
    ...uniqueClauses(found, wanted, change.column),
    ...primaryKeyClauses(found, wanted, change),
    ...keyClauses(found, wanted, ref).first,
    ...wanted.checks.map((check) => `ADD CONSTRAINT ${quoteName(check.name)} CHECK (${check.expression})`),
  ]
  return {
    first: `ALTER TABLE ${quoteTable(ref)} ${clauses.join(', ')}`,
    second: undefined,
    isConverted: false,
  }
}

/** What the column is to be: what the attribute names, and the rest of what it is. */
const mergedDefinition = (before: ColumnDefinition, { definition }: Wanted): ColumnDefinition => {
  const after = { ...before, ...definition }
  const [from, to] = [parseType(before.type), parseType(after.type)]
  const isTimed = to.name === 'datetime' || to.name === 'timestamp'
  const keepsCollation = hasCollation(to) && !to.hasOwnCollation && hasCollation(from)
  return {
    ...after,
    collation: 'collation' in definition || keepsCollation ? after.collation : null,
    onUpdate: 'onUpdate' in definition || isTimed ? after.onUpdate : null,
  }
}

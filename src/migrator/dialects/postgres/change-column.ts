import type { Check } from '../../operations/op.js'
import type { Generated } from '../../schema/schema.js'
import { constraintsOf } from './change-constraints.js'
import { enumStatements } from './change-enum.js'
import { numbering } from './change-numbering.js'
import { newEnumValues, typeChange } from './change-type.js'
import type { ColumnChangeCall } from './column-change.js'
import { readColumn } from './column-facts.js'
import { checkClause, columnComment, defaultSql } from './column-sql.js'
import { attributeOf, columnTypeOf } from './column-type.js'
import { countRows, describeRows } from './misfits.js'
import { nameOf } from './names.js'
import type { Room } from './room.js'
import { callText, offline, refuse } from './statements.js'

/** The first version that can give a computed column another expression. */
const SETS_EXPRESSION = 170000

const expressionActions = ({ room, what, column, attribute, facts }: ColumnChangeCall): readonly string[] => {
  const generated = attribute['generated'] as Generated | null | undefined
  const id = room.names.id(column)
  if (generated === undefined) return []
  if (generated === null) {
    if (facts !== undefined && facts.generated === null) return []
    if (facts !== undefined && !facts.isStored)
      throw refuse(what, 'PostgreSQL cannot make a plain column of a virtual one. Remove it and add it again')
    return [`ALTER COLUMN ${id} DROP EXPRESSION`]
  }
  if (facts === undefined) throw offline(what, 'whether the column is computed')
  if (facts.generated === generated.expression && facts.isStored === generated.stored) return []
  if (facts.generated === null || facts.isStored !== generated.stored)
    throw refuse(
      what,
      'PostgreSQL cannot make a computed column of a plain one, nor change whether it is stored. Remove the column and add it again',
    )
  if (facts.version < SETS_EXPRESSION)
    throw refuse(
      what,
      'PostgreSQL gives a computed column another expression from version 17 on. Remove the column and add it again',
    )
  return [`ALTER COLUMN ${id} SET EXPRESSION AS (${generated.expression})`]
}

const requiredActions = ({ room, column, attribute, facts }: ColumnChangeCall): readonly string[] => {
  const { allowNull } = attribute
  if (allowNull === undefined || facts?.required === !allowNull) return []
  return [`ALTER COLUMN ${room.names.id(column)} ${allowNull ? 'DROP' : 'SET'} NOT NULL`]
}

/** Nothing is looked at in a plan: the steps before may mend the rows; nor where `using` may. */
const refuseNulls = async (call: ColumnChangeCall): Promise<void> => {
  const { room, statements, what, table, column, attribute, facts } = call
  const becomesRequired = attribute['allowNull'] === false && facts !== undefined && !facts.required
  if (!becomesRequired || attribute['using'] !== undefined || statements.mode === 'collected') return
  const { names } = room
  const key = facts.primaryKey?.columns ?? []
  const found = await countRows(statements, names, names.full(table), key, `${names.id(column)} IS NULL`)
  if (found === undefined) return
  throw refuse(
    what,
    `${describeRows(found)} ${found.rows === '1' ? 'has' : 'have'} NULL there, which it is no longer to take. Nothing of it was done. Fill them in first`,
  )
}

const defaultActions = ({
  room,
  table,
  column,
  attribute,
  type,
  facts,
}: ColumnChangeCall): readonly string[] => {
  const { names, queryInterface } = room
  const value = defaultSql({ queryInterface, names, table }, attribute, type)
  const id = names.id(column)
  // The next value of its sequence is no default of a serial column's own: who says none keeps the numbering.
  if (value === undefined || (value === null && facts?.sequence !== undefined && facts.sequence !== null))
    return []
  return [`ALTER COLUMN ${id} ${value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`]
}

/** `op.changeColumn`: what it names becomes so, and nothing else changes. */
export const changeColumn = async (
  room: Room,
  given: unknown,
  column: string,
  described: unknown,
  options?: unknown,
): Promise<void> => {
  const { names, queryInterface, orphans } = room
  const { sequelize } = queryInterface
  const statements = room.statements(options)
  const table = nameOf(given)
  const what = `op.changeColumn of "${column}" on "${table.name}"`
  const attribute = attributeOf(sequelize, described)
  const type =
    attribute['type'] === undefined ? undefined : columnTypeOf(sequelize, names, attribute, table, column)
  let left: readonly string[] = []
  let makesEnum = false
  const choose = async (): Promise<readonly string[]> => {
    const facts = await readColumn(statements, names, table, column)
    const call: ColumnChangeCall = { room, statements, what, table, column, attribute, type, facts }
    const changed = await statementsFor(call)
    left = changed.leavesEnum ? await orphans.usedOnlyBy(statements, table, column) : []
    makesEnum = changed.makesEnum
    if (makesEnum && type?.enumType !== undefined) await orphans.makeRoomFor(statements, [type.enumType])
    // In a journal it goes with the change: after a crash between the two nobody would know it any more.
    const drops = statements.mode === 'numbered' ? left.map((enumType) => `DROP TYPE ${enumType}`) : []
    return [...changed.statements, ...drops]
  }
  await statements.together(callText('changeColumn', table, column, described), choose)
  if (statements.mode !== 'numbered') orphans.leave(statements, left)
  if (makesEnum) await room.typesChanged()
}

interface ChosenStatements {
  readonly statements: readonly string[]
  readonly makesEnum: boolean
  /** The column is no more of the enum that it was of. */
  readonly leavesEnum: boolean
}

const statementsFor = async (call: ColumnChangeCall): Promise<ChosenStatements> => {
  const { room, statements, what, table, column, attribute, facts } = call
  const { names, queryInterface } = room
  // Other values of the same enum: the type changes and not the column.
  const newValues = await newEnumValues(call)
  const enumSql =
    newValues === undefined
      ? []
      : await enumStatements(room, statements, { what, table, column, values: newValues, mayAdd: false })
  await refuseNulls(call)
  const typed = newValues === undefined ? await typeChange(call) : { actions: [], before: [], after: [] }
  const numbered = await numbering(call)
  const constraints = constraintsOf(call)
  const checks = (attribute['checks'] as readonly Check[] | undefined) ?? []
  const ownDefault = numbered.setsDefault ? [] : defaultActions(call)
  const actions = [
    ...expressionActions(call),
    ...typed.actions,
    ...ownDefault,
    ...numbered.actions,
    ...requiredActions(call),
  ]
  const alter = `ALTER TABLE ${names.full(table)}`
  const { comment } = attribute
  return {
    makesEnum: typed.before.length > 0 || enumSql.length > 0,
    leavesEnum: typed.actions.length > 0 && facts !== undefined && facts.enum !== null,
    statements: [
      ...enumSql,
      ...typed.before,
      ...numbered.before,
      ...constraints.removed.map((action) => `${alter} ${action}`),
      ...(actions.length === 0 ? [] : [`${alter} ${actions.join(', ')}`]),
      ...typed.after,
      ...numbered.after,
      ...constraints.added.map((action) => `${alter} ${action}`),
      ...checks.map((check) => `${alter} ADD ${checkClause(names, check)}`),
      ...(comment === undefined ? [] : [columnComment({ queryInterface, names, table }, column, comment)]),
    ],
  }
}

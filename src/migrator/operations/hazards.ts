import { isSameName, nameText } from '../schema/qualified-name.js'
import type { Column } from '../schema/schema.js'
import { constraintText } from './describe.js'
import type { Hazard, HazardRule } from './hazard.js'
import type { ChangeColumn, ChangeEnum, Operation, TableConstraint } from './operation.js'
import { judgeTypeChange } from './type-change.js'

/** What the operations around one say about it. */
export interface HazardContext {
  /** The name that something dropped may have got, or undefined: for `users`, for `users.name`, for `enum_x.old`. */
  possibleRename(kind: 'table' | 'column' | 'enum value', from: string): string | undefined
  /** All operations of the list. */
  readonly operations: readonly Operation[]
}

/** What is at stake with each. */
export const RISKS: Readonly<Record<HazardRule, Hazard['risk']>> = {
  'drop-table': 'data loss',
  'drop-column': 'data loss',
  'drop-enum-value': 'may fail',
  'possible-rename': 'data loss',
  'not-null-without-default': 'may fail',
  'not-null-on-nulls': 'may fail',
  'unique-on-rows': 'may fail',
  'foreign-key-on-rows': 'may fail',
  'check-on-rows': 'may fail',
  'type-narrowing': 'data loss',
  'type-rewrite': 'table rewrite',
  'generated-rewrite': 'table rewrite',
  'index-not-concurrent': 'long lock',
  'rename-in-use': 'breaks running code',
  'primary-key-change': 'long lock',
  'foreign-key-not-valid': 'long lock',
  'check-not-valid': 'long lock',
  'default-volatile-rewrite': 'table rewrite',
  'set-not-null-scan': 'long lock',
  'lock-without-timeout': 'long lock',
  'data-loss-statement': 'data loss',
  'table-rebuild': 'table rewrite',
  'copy-algorithm': 'table rewrite',
  'long-transaction-mixed': 'long lock',
  'invalid-waiver': 'not judged',
}

const hazard = (rule: HazardRule, message: string): Hazard => ({
  rule,
  risk: RISKS[rule],
  message,
  rows: null,
})

/** A column that rows must have a value for, and that says none. */
export const isUnfilled = ({ nullable, default: value, autoIncrement, generated }: Column): boolean =>
  !nullable && value === null && autoIncrement === null && generated === null

const renameHint = (from: string, to: string | undefined): readonly Hazard[] =>
  to === undefined
    ? []
    : [
        hazard(
          'possible-rename',
          `${from} may be what is called ${to} now: with { renames: { '${from}': '${to}' } } its rows stay`,
        ),
      ]

const ofColumn = ({ before, after, table }: ChangeColumn): readonly Hazard[] => {
  const column = `${nameText(table)}.${after.name}`
  const hazards: Hazard[] = []
  if (before.nullable && !after.nullable)
    hazards.push(hazard('not-null-on-nulls', `${column} may hold NULLs: give them a value first`))
  const areEnums = before.enumType !== null && after.enumType !== null
  const change = areEnums ? 'rewrite' : judgeTypeChange(before.type, after.type)
  if (before.type !== after.type && change === 'narrowing')
    hazards.push(
      hazard(
        'type-narrowing',
        `values of ${column} may not fit ${after.type}, which was ${before.type}: look at them first`,
      ),
    )
  if (before.type !== after.type && change === 'rewrite')
    hazards.push(
      hazard(
        'type-rewrite',
        `every row is written anew with ${column} as ${after.type}, and nobody can write meanwhile`,
      ),
    )
  return hazards
}

const ofEnum = ({ before, after, renamedValues }: ChangeEnum, context: HazardContext): readonly Hazard[] =>
  before.values
    .filter((value) => !after.values.includes(value) && renamedValues[value] === undefined)
    .flatMap((value) => {
      const from = `${nameText(before)}.${value}`
      const rename = context.possibleRename('enum value', from)
      return [
        hazard('drop-enum-value', `rows that hold ${value} need another value of ${nameText(before)} first`),
        ...renameHint(from, rename),
      ]
    })

const isAgain = (constraint: TableConstraint, { operations }: HazardContext): boolean =>
  operations.some(
    (one) =>
      one.kind === 'removeConstraint' &&
      one.constraint.type === constraint.type &&
      constraintText(one.constraint) === constraintText(constraint),
  )

const ofConstraint = (
  table: string,
  constraint: TableConstraint,
  context: HazardContext,
): readonly Hazard[] => {
  const text = constraintText(constraint)
  if (constraint.type === 'primary key')
    return [
      hazard(
        'primary-key-change',
        `rows of ${table} that are equal in the new ${text}, or NULL, make it fail, and nobody can write meanwhile`,
      ),
    ]
  // The rows have met it before.
  if (isAgain(constraint, context)) return []
  if (constraint.type === 'foreign key')
    return [hazard('foreign-key-on-rows', `rows of ${table} that refer to nothing make the ${text} fail`)]
  if (constraint.type === 'check')
    return [hazard('check-on-rows', `rows of ${table} that do not meet it make the ${text} fail`)]
  return [hazard('unique-on-rows', `rows of ${table} that are equal make the ${text} fail`)]
}

/**
 * What may go wrong with an operation on a database with rows in it; nothing is counted.
 *
 * @param operation - What it has of hazards is not looked at.
 */
export const hazardsOf = (operation: Operation, context: HazardContext): readonly Hazard[] => {
  const table = 'table' in operation ? nameText(operation.table) : ''
  switch (operation.kind) {
    case 'dropTable':
      return [
        hazard('drop-table', `all rows of ${table} are lost`),
        ...renameHint(table, context.possibleRename('table', table)),
      ]
    case 'removeColumn': {
      const { column } = operation
      const name = `${table}.${column.name}`
      const isBack = context.operations.some(
        (one) =>
          one.kind === 'addColumn' &&
          isSameName(one.table, operation.table) &&
          one.column.name === column.name,
      )
      if (column.generated !== null)
        return isBack
          ? [
              hazard(
                'generated-rewrite',
                `${name} is computed anew for every row, and nobody can write meanwhile`,
              ),
            ]
          : []
      return [
        hazard(
          'drop-column',
          isBack
            ? `the values of ${name} are lost: it is computed from now on`
            : `all values of ${name} are lost`,
        ),
        ...renameHint(name, context.possibleRename('column', name)),
      ]
    }
    case 'addColumn': {
      const { column } = operation
      if (isUnfilled(column))
        return [
          hazard(
            'not-null-without-default',
            `rows of ${table} have no value for ${column.name}, which takes no NULL: give them one, or it a default`,
          ),
        ]
      return column.generated?.stored === true
        ? [
            hazard(
              'generated-rewrite',
              `${table}.${column.name} is computed for every row, and nobody can write meanwhile`,
            ),
          ]
        : []
    }
    case 'changeColumn':
      return ofColumn(operation)
    case 'changeEnum':
      return ofEnum(operation, context)
    case 'addConstraint':
      return ofConstraint(table, operation.constraint, context)
    case 'removeConstraint':
      return operation.constraint.type === 'primary key'
        ? [
            hazard(
              'primary-key-change',
              `${table} has no ${constraintText(operation.constraint)} any more, and nobody can write meanwhile`,
            ),
          ]
        : []
    case 'addIndex': {
      const { name, unique } = operation.index
      return [
        ...(unique
          ? [hazard('unique-on-rows', `rows of ${table} that are equal make the unique index ${name} fail`)]
          : []),
        hazard('index-not-concurrent', `nobody can write to ${table} while the index ${name} is made`),
      ]
    }
    case 'renameTable':
      return [
        hazard(
          'rename-in-use',
          `code that is running still says ${table}: stop it first, or keep both names for a while`,
        ),
      ]
    case 'renameColumn':
      return [
        hazard(
          'rename-in-use',
          `code that is running still says ${table}.${operation.from}: stop it first, or keep both names for a while`,
        ),
      ]
    case 'createTable':
    case 'changeTable':
    case 'renameConstraint':
    case 'removeIndex':
    case 'renameIndex':
    case 'createSchema':
    case 'dropSchema':
    case 'createEnum':
    case 'dropEnum':
    case 'renameEnum':
      return []
  }
}

/** The operations with what may go wrong with each. */
export const withHazards = (
  operations: readonly Operation[],
  possibleRename: HazardContext['possibleRename'] = () => undefined,
): readonly Operation[] =>
  operations.map((operation) => ({
    ...operation,
    hazards: hazardsOf(operation, { operations, possibleRename }),
  }))

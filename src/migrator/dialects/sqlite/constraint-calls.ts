import type { Sequelize } from 'sequelize'
import { literal } from '../../operations/call-parts.js'
import { type OpCall, opCall } from '../../operations/op-call.js'
import type { TableConstraint } from '../../operations/operation.js'
import type { Table } from '../../schema/schema.js'
import { actionsOf, isPlainKey, isPlainName, isPlainReference, referenceOf } from './attributes.js'
import { constraintSql } from './ddl.js'
import { isSameName } from './sql-text/tokens.js'

/** Adds a constraint, as a change of the table: in Sequelize's words, or as it is to be written. */
export const addConstraintChange = (
  constraint: TableConstraint,
  table: Table | undefined,
  sequelize: Sequelize,
): OpCall => {
  const { type, value } = constraint
  const isNumbered = type === 'primary key' && isNumberedKey(constraint, table)
  const written = opCall('addConstraint', { sql: constraintSql(constraint, isNumbered) })
  switch (type) {
    case 'primary key':
    case 'unique': {
      const fields = value.parts.map(({ column }) => column)
      const [column = ''] = fields
      if (!isPlainKey(value) || !fields.every(isPlainName)) return written
      if (value.name !== null)
        return isNumbered || !isPlainName(value.name)
          ? written
          : opCall('addConstraint', { type, fields, name: value.name })
      if (fields.length > 1) return written
      return type === 'unique'
        ? opCall('changeColumn', column, { unique: true })
        : opCall('changeColumn', column, { primaryKey: true, ...(isNumbered ? { autoIncrement: true } : {}) })
    }
    case 'check':
      return value.name === null || !isPlainName(value.name)
        ? written
        : opCall('addConstraint', {
            type,
            fields: [],
            name: value.name,
            where: literal(sequelize, value.expression),
          })
    case 'foreign key': {
      const { name, columns, target, targetColumns } = value
      const [column = ''] = columns
      const reference = isOnlyKeyOf(column, table) ? referenceOf(value) : undefined
      if (reference !== undefined) return opCall('changeColumn', column, reference)
      const isPlain =
        name !== null &&
        isPlainReference(value) &&
        [name, target.name, ...columns, ...targetColumns].every(isPlainName)
      if (!isPlain) return written
      const [field, ...others] = targetColumns
      return opCall('addConstraint', {
        type,
        fields: columns,
        name,
        references: { table: target.name, ...(others.length === 0 ? { field } : { fields: targetColumns }) },
        ...actionsOf(value),
      })
    }
    case 'exclusion':
      return written
  }
}

const isNumberedKey = ({ type, value }: TableConstraint, table: Table | undefined): boolean => {
  if (type !== 'primary key' || value.parts.length !== 1) return false
  const column = table?.columns.find(({ name }) => name === value.parts[0]?.column)
  return column !== undefined && column.autoIncrement !== null
}

/** Another key of the column would give way to it. */
const isOnlyKeyOf = (column: string, table: Table | undefined): boolean =>
  !(table?.foreignKeys ?? []).some(
    ({ columns }) => columns.length === 1 && isSameName(columns[0] ?? '', column),
  )

/** Removes a constraint, as a change of the table: by its name, or by what it says. */
export const removeConstraintChange = ({ type, value }: TableConstraint): OpCall => {
  if (value.name !== null) return opCall('removeConstraint', value.name)
  switch (type) {
    case 'check':
      return opCall('removeConstraint', { type, expression: value.expression })
    case 'foreign key':
      return opCall('removeConstraint', {
        type,
        fields: value.columns,
        references: { table: value.target.name, fields: value.targetColumns },
        ...actionsOf(value),
      })
    case 'primary key':
    case 'unique':
      return opCall('removeConstraint', { type, fields: value.parts.map(({ column }) => column) })
    case 'exclusion':
      return opCall('removeConstraint', value.name ?? '')
  }
}

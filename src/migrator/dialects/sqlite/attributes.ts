import type { Sequelize } from 'sequelize'
import { type Attribute, said } from '../../operations/call-parts.js'
import type {
  Column,
  ForeignKeyConstraint,
  KeyPart,
  PrimaryKey,
  UniqueConstraint,
} from '../../schema/schema.js'
import { defaultValueOf, looksBoolean } from './defaults.js'
import { quoteName } from './sql-text/tokens.js'
import { dataTypeOf } from './types.js'

/** Whether `op` can be given a name. */
export const isPlainName = (name: string): boolean => name !== ''

/** The attribute of a column, without keys; undefined where Sequelize would write another column. */
export const attributeOf = (column: Column, sequelize: Sequelize): Attribute | undefined => {
  const { nullable, type, isHidden, collation, generated } = column
  const defaultValue = defaultValueOf(column, sequelize)
  const attribute: Attribute = {
    type: dataTypeOf(type, sequelize),
    ...(collation === null ? {} : { collation: collationSql(collation) }),
    ...(generated === null ? {} : { generated }),
    ...(nullable ? {} : { allowNull: false }),
    ...said({ defaultValue }),
  }
  const written = [attribute['type'], (defaultValue as { val?: unknown } | undefined)?.val]
  const isPlain = written.every((text) => typeof text !== 'string' || !looksBoolean(text))
  return isPlain && type !== '' && !isHidden ? attribute : undefined
}

/** A collation as it is written. */
export const collationSql = (name: string): string => (/^[A-Za-z_]\w*$/u.test(name) ? name : quoteName(name))

/** Whether a key is nothing but columns. */
export const isPlainKey = ({ parts, onConflict }: PrimaryKey | UniqueConstraint): boolean =>
  onConflict === null && parts.every(isPlainPart)

const isPlainPart = ({ collation, direction }: KeyPart): boolean => collation === null && direction === 'asc'

/** Whether Sequelize has words for all that a key says. */
export const isPlainReference = ({
  match,
  deferrable,
  columns,
  targetColumns,
}: ForeignKeyConstraint): boolean =>
  match === 'simple' && deferrable === null && targetColumns.length === columns.length

/** What happens to a key's rows, where it is not the usual. */
export const actionsOf = ({ onDelete, onUpdate }: ForeignKeyConstraint): Attribute => ({
  ...(onDelete === 'NO ACTION' ? {} : { onDelete }),
  ...(onUpdate === 'NO ACTION' ? {} : { onUpdate }),
})

/** A key of one column as attributes of that column. */
export const referenceOf = (key: ForeignKeyConstraint): Attribute | undefined => {
  const [column, ...others] = key.columns
  const isUsual =
    key.name === null &&
    column !== undefined &&
    others.length === 0 &&
    isPlainReference(key) &&
    [key.target.name, ...key.targetColumns].every(isPlainName)
  return isUsual
    ? { references: { model: key.target.name, key: key.targetColumns[0] }, ...actionsOf(key) }
    : undefined
}

import type { Sequelize } from 'sequelize'
import { type Attribute, said } from '../../operations/call-parts.js'
import type { Column, ForeignKeyConstraint, Index, Table } from '../../schema/schema.js'
import { defaultValueOf } from './defaults.js'
import { dataTypeOf } from './types.js'

/** Whether `op` can be given a name. */
export const isPlainName = (name: string): boolean => name !== ''

/** Types for which Sequelize leaves a default out: as SQL they keep it. */
const LOSES_DEFAULT = /text|blob|json|geometry|point|linestring|polygon/u

/** Whether the column keeps texts, in a character set. */
export const isText = (type: string): boolean =>
  /^(?:(?:var)?char|(?:tiny|medium|long)?text|enum|set)\b/u.test(type)

/** The attribute of a column for `createTable` and `addColumn`, without keys. */
export const attributeOf = (
  column: Column,
  tableCollation: string | undefined,
  sequelize: Sequelize,
): Attribute => {
  const { type, nullable, autoIncrement, comment, generated, onUpdate, collation } = column
  const said_ = typeOf(column, tableCollation, sequelize)
  // Where nothing is said, a timestamp takes no NULL and has a default.
  const isTimestamp = /^timestamp\b/u.test(type)
  const allowNull = generated !== null ? undefined : nullable ? (isTimestamp ? true : undefined) : false
  return said({
    type: said_.type,
    collation: said_.saysCollation ? undefined : (collation ?? undefined),
    generated: generated ?? undefined,
    allowNull,
    autoIncrement: autoIncrement === null ? undefined : true,
    defaultValue: defaultValueOf(column, sequelize),
    onUpdateSql: onUpdate ?? undefined,
    comment: comment ?? undefined,
  })
}

/** The type; some of Sequelize's say a collation too. */
export const typeOf = (
  column: Column,
  tableCollation: string | undefined,
  sequelize: Sequelize,
): { readonly type: unknown; readonly saysCollation: boolean } => {
  const { type, collation, isHidden } = column
  // There is no other word for it.
  if (isHidden) return { type: `${type} INVISIBLE`, saysCollation: false }
  const hasDefault = column.default !== null
  const whole = dataTypeOf(type, collation, tableCollation, sequelize)
  if (whole !== undefined && !(hasDefault && (LOSES_DEFAULT.test(type) || collation !== null)))
    return { type: whole, saysCollation: true }
  return { type: plainTypeOf(type, hasDefault, sequelize), saysCollation: false }
}

/** A type of which the collation is said beside it. */
export const plainTypeOf = (type: string, hasDefault: boolean, sequelize: Sequelize): unknown =>
  hasDefault && LOSES_DEFAULT.test(type) ? type : (dataTypeOf(type, null, undefined, sequelize) ?? type)

/** Whether a key can find its rows by an index: its columns come first in it. */
export const serves = (parts: Index['parts'], columns: readonly string[]): boolean =>
  columns.every((column, place) => {
    const part = parts[place]
    return part?.kind === 'column' && part.column === column && part.prefixLength === null
  })

/** Whether the server makes the index for a key, when the others of the table are there. */
export const isImplied = (
  index: Index,
  columns: readonly string[],
  others: Pick<Table, 'indexes' | 'primaryKey'>,
): boolean =>
  isBare(index) &&
  index.parts.length === columns.length &&
  serves(index.parts, columns) &&
  !others.indexes.some(
    (other) => other.name !== index.name && other.method === 'btree' && serves(other.parts, columns),
  ) &&
  !columns.every((column, place) => others.primaryKey?.parts[place]?.column === column)

const isBare = ({ unique, method, comment, isUsed, parts }: Index): boolean =>
  !unique &&
  method === 'btree' &&
  comment === null &&
  isUsed &&
  parts.every(({ direction }) => direction === 'asc')

/** Whether Sequelize has words for all that a key says. */
export const isPlainKey = (key: ForeignKeyConstraint): boolean =>
  key.target.schema === null && [...key.columns, ...key.targetColumns, key.target.name].every(isPlainName)

/** What happens to a key's rows. */
export const actionsOf = ({ onDelete, onUpdate }: ForeignKeyConstraint): Attribute => ({
  // What is not said is RESTRICT, and is printed so.
  ...(onDelete === 'RESTRICT' ? {} : { onDelete }),
  ...(onUpdate === 'RESTRICT' ? {} : { onUpdate }),
})

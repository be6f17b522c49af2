import type { Sequelize } from 'sequelize'
import { type Attribute, said } from '../../operations/call-parts.js'
import { words } from '../../operations/sql-words.js'
import type { Column, ForeignKeyConstraint, Index, Table } from '../../schema/schema.js'
import { generatedClause } from './ddl.js'
import { defaultValueOf } from './defaults.js'
import { dataTypeOf } from './types.js'

/** Whether Sequelize quotes a name and changes nothing about it. */
export const isPlainName = (name: string): boolean => name !== '*' && !/[`.'"]|->/u.test(name)

/** Words in the definition of a column at which Sequelize takes it apart. */
const isPlainText = (text: string): boolean => !/PRIMARY KEY|REFERENCES|[\n\r]/u.test(text)

/** Types for which Sequelize leaves a default out: as SQL they keep it. */
const LOSES_DEFAULT = /text|blob|json|geometry|point|linestring|polygon/u

/** Whether the column keeps texts, in a character set. */
export const isText = (type: string): boolean =>
  /^(?:(?:var)?char|(?:tiny|medium|long)?text|enum|set)\b/u.test(type)

/**
 * The attribute of a column for `createTable` and `addColumn`, without keys.
 *
 * @returns Undefined where the column needs a statement of its own.
 */
export const attributeOf = (
  column: Column,
  tableCollation: string | undefined,
  sequelize: Sequelize,
): Attribute | undefined => {
  const { name, nullable, autoIncrement, comment, generated } = column
  const attribute: Attribute = {
    type: typeOf(column, tableCollation, sequelize),
    ...(nullable || generated !== null ? {} : { allowNull: false }),
    ...(autoIncrement === null ? {} : { autoIncrement: true }),
    ...said({ defaultValue: defaultValueOf(column, sequelize) }),
    ...(comment === null ? {} : { comment }),
  }
  const { type, defaultValue } = attribute
  const texts = [type, defaultValue, comment, (defaultValue as { val?: unknown } | undefined)?.val]
  return isPlainName(name) && texts.every((one) => typeof one !== 'string' || isPlainText(one))
    ? attribute
    : undefined
}

/** The type, and behind it in SQL what Sequelize has no word for. */
export const typeOf = (column: Column, tableCollation: string | undefined, sequelize: Sequelize): unknown => {
  const { type, collation, onUpdate, isHidden, nullable } = column
  const isBare = generatedClause(column) === undefined && onUpdate === null && !isHidden
  const losesDefault = column.default !== null && (LOSES_DEFAULT.test(type) || collation !== null)
  const known = isBare && !losesDefault ? dataTypeOf(type, collation, tableCollation, sequelize) : undefined
  return (
    known ??
    words(
      type,
      collation !== null && `COLLATE ${collation}`,
      generatedClause(column),
      onUpdate !== null && `ON UPDATE ${onUpdate}`,
      isHidden && 'INVISIBLE',
      // Without it a timestamp takes none, and has a default.
      nullable && /^timestamp\b/u.test(type) && column.generated === null && 'NULL',
    )
  )
}

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

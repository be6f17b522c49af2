import type { Column, Table } from '../../schema/schema.js'
import { isSameName, quoteText } from './sql.js'

/** Everything that the definition of a column says, as SQL: what is left out of a `MODIFY` is lost. */
export interface ColumnDefinition
  extends Pick<Column, 'type' | 'default' | 'collation' | 'comment' | 'generated' | 'onUpdate' | 'isHidden'> {
  /** Undefined: the server decides. */
  readonly nullable: boolean | undefined
  readonly isNumbered: boolean
  /** Condition of the check that stands in the column (MariaDB). */
  readonly check: string | null
}

/** A column of this type of which nothing else is said: not even whether it takes NULL. */
export const plainColumn = (type: string): ColumnDefinition => ({
  type,
  nullable: undefined,
  default: null,
  collation: null,
  comment: null,
  generated: null,
  onUpdate: null,
  isHidden: false,
  isNumbered: false,
  check: null,
})

/** The definition of a column that is there. */
export const definitionIn = (table: Table, name: string): ColumnDefinition | undefined => {
  const column = table.columns.find((other) => isSameName(other.name, name))
  if (column === undefined) return undefined
  const check = table.checks.find((one) => one.column !== null && isSameName(one.column, name))
  return { ...column, isNumbered: column.autoIncrement !== null, check: check?.expression ?? null }
}

/**
 * The definition as SQL.
 *
 * @see https://mariadb.com/kb/en/create-table/#column-definitions
 */
export const printDefinition = (definition: ColumnDefinition): string => {
  const { type, generated, nullable } = definition
  const words = [type]
  if (definition.collation !== null) words.push(`COLLATE ${definition.collation}`)
  if (generated === null && nullable !== undefined) words.push(nullable ? 'NULL' : 'NOT NULL')
  if (generated !== null) {
    words.push(`GENERATED ALWAYS AS (${generated.expression}) ${generated.stored ? 'STORED' : 'VIRTUAL'}`)
    // MariaDB takes no NOT NULL here; on MySQL it is the column's.
    if (nullable === false) words.push('NOT NULL')
  }
  if (definition.default !== null) words.push(`DEFAULT ${definition.default}`)
  if (definition.isNumbered) words.push('AUTO_INCREMENT')
  if (definition.onUpdate !== null) words.push(`ON UPDATE ${definition.onUpdate}`)
  if (definition.isHidden) words.push('INVISIBLE')
  if (definition.comment !== null && definition.comment !== '')
    words.push(`COMMENT ${quoteText(definition.comment)}`)
  if (definition.check !== null) words.push(`CHECK (${definition.check})`)
  return words.join(' ')
}

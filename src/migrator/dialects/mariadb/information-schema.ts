import type { Reader } from '../../dialect.js'
import { quoteText, type TableRef } from './sql.js'

/** Rows of information_schema, as far as a schema is made of them. */
export interface Catalog {
  readonly isMariadb: boolean
  readonly tables: readonly TableRow[]
  readonly columns: readonly ColumnRow[]
  readonly indexParts: readonly IndexPartRow[]
  readonly keyColumns: readonly KeyColumnRow[]
  readonly keys: readonly KeyRow[]
  readonly checks: readonly CheckRow[]
}

interface OfTable {
  readonly tableName: string
}

export interface TableRow extends OfTable {
  readonly type: string
  readonly engine: string | null
  readonly collation: string | null
  readonly options: string | null
  readonly comment: string
}

export interface ColumnRow extends OfTable {
  readonly name: string
  readonly type: string
  readonly dataType: string
  readonly nullable: 'YES' | 'NO'
  readonly defaultText: string | null
  readonly extra: string
  readonly collation: string | null
  readonly comment: string
  readonly generation: string | null
}

export interface IndexPartRow extends OfTable {
  readonly indexName: string
  readonly columnName: string | null
  readonly expression: string | null
  readonly nonUnique: number | string
  readonly direction: 'A' | 'D' | null
  readonly subPart: number | string | null
  readonly method: string
  readonly comment: string
  readonly isUsed: 'YES' | 'NO'
}

export interface KeyColumnRow extends OfTable {
  readonly keyName: string
  readonly columnName: string
  readonly targetSchema: string | null
  readonly targetTable: string
  readonly targetColumn: string
}

export interface KeyRow extends OfTable {
  readonly keyName: string
  readonly match: string
  readonly onDelete: string
  readonly onUpdate: string
}

export interface CheckRow extends OfTable {
  readonly name: string
  /** MySQL has checks of tables only, and does not say so. */
  readonly level: 'Column' | 'Table'
  readonly clause: string
}

/** Which rows: all of the present database, or those of one table. */
type Where = (schemaColumn: string, tableColumn?: string) => string

const everything: Where = (schemaColumn) => `${schemaColumn} = DATABASE()`

const tableAlone =
  ({ schema, name }: TableRef): Where =>
  (schemaColumn, tableColumn = 'TABLE_NAME') =>
    `${schemaColumn} = ${schema === null ? 'DATABASE()' : quoteText(schema)} AND ${tableColumn} = ${quoteText(name)}`

const tables = (
  where: Where,
): string => `SELECT TABLE_NAME AS tableName, TABLE_TYPE AS type, ENGINE AS engine, TABLE_COLLATION AS collation,
    CREATE_OPTIONS AS options, TABLE_COMMENT AS comment
  FROM information_schema.TABLES WHERE ${where('TABLE_SCHEMA')} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')`

const columns = (
  where: Where,
): string => `SELECT TABLE_NAME AS tableName, COLUMN_NAME AS name, COLUMN_TYPE AS type, DATA_TYPE AS dataType,
    IS_NULLABLE AS nullable, COLUMN_DEFAULT AS defaultText, EXTRA AS extra, COLLATION_NAME AS collation,
    COLUMN_COMMENT AS comment, GENERATION_EXPRESSION AS generation
  FROM information_schema.COLUMNS WHERE ${where('TABLE_SCHEMA')} ORDER BY ORDINAL_POSITION`

const indexParts = (
  where: Where,
  isMariadb: boolean,
): string => `SELECT TABLE_NAME AS tableName, INDEX_NAME AS indexName,
    COLUMN_NAME AS columnName, ${isMariadb ? 'NULL' : 'EXPRESSION'} AS expression, NON_UNIQUE AS nonUnique, COLLATION AS direction,
    SUB_PART AS subPart, INDEX_TYPE AS method, INDEX_COMMENT AS comment,
    ${isMariadb ? "IF(IGNORED = 'YES', 'NO', 'YES')" : 'IS_VISIBLE'} AS isUsed
  FROM information_schema.STATISTICS WHERE ${where('TABLE_SCHEMA')} ORDER BY SEQ_IN_INDEX`

const keyColumns = (
  where: Where,
): string => `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS keyName, COLUMN_NAME AS columnName,
    NULLIF(REFERENCED_TABLE_SCHEMA, DATABASE()) AS targetSchema, REFERENCED_TABLE_NAME AS targetTable,
    REFERENCED_COLUMN_NAME AS targetColumn
  FROM information_schema.KEY_COLUMN_USAGE
  WHERE ${where('TABLE_SCHEMA')} AND REFERENCED_TABLE_NAME IS NOT NULL ORDER BY ORDINAL_POSITION`

const keys = (
  where: Where,
): string => `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS keyName, MATCH_OPTION AS \`match\`,
    DELETE_RULE AS onDelete, UPDATE_RULE AS onUpdate
  FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE ${where('CONSTRAINT_SCHEMA')}`

const mariadbChecks = (
  where: Where,
): string => `SELECT TABLE_NAME AS tableName, CONSTRAINT_NAME AS name, LEVEL AS level, CHECK_CLAUSE AS clause
  FROM information_schema.CHECK_CONSTRAINTS WHERE ${where('CONSTRAINT_SCHEMA')}`

const mysqlChecks = (
  where: Where,
): string => `SELECT t.TABLE_NAME AS tableName, c.CONSTRAINT_NAME AS name, 'Table' AS level, c.CHECK_CLAUSE AS clause
  FROM information_schema.CHECK_CONSTRAINTS c JOIN information_schema.TABLE_CONSTRAINTS t
    ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK'
  WHERE ${where('c.CONSTRAINT_SCHEMA', 't.TABLE_NAME')}`

/**
 * Reads what there is, in seven statements, one after the other: they share a connection.
 *
 * @param only - Default: everything in the present database.
 */
export const readCatalog = async (reader: Reader, only?: TableRef): Promise<Catalog> => {
  const where = only === undefined ? everything : tableAlone(only)
  const [server] = await reader.select<{ version: string }>('SELECT VERSION() AS version')
  const isMariadb = /mariadb/iu.test(server?.version ?? '')
  return {
    isMariadb,
    tables: await reader.select<TableRow>(tables(where)),
    columns: await reader.select<ColumnRow>(columns(where)),
    indexParts: await reader.select<IndexPartRow>(indexParts(where, isMariadb)),
    keyColumns: await reader.select<KeyColumnRow>(keyColumns(where)),
    keys: await reader.select<KeyRow>(keys(where)),
    checks: await reader.select<CheckRow>(isMariadb ? mariadbChecks(where) : mysqlChecks(where)),
  }
}

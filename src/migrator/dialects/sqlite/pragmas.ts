import type { Reader } from '../../dialect.js'

/** A table as SQLite's pragmas describe it, and as it is stored. */
export interface StoredTable {
  readonly name: string
  readonly sql: string
  readonly columns: readonly StoredColumn[]
  readonly indexes: readonly StoredIndex[]
  /** A row for each column of a key; the key that was written last comes first. */
  readonly keys: readonly StoredKey[]
}

export interface StoredColumn {
  readonly name: string
  readonly type: string
  readonly notNull: 0 | 1
  readonly defaultText: string | null
  /** Its place in the primary key, from 1; else 0. */
  readonly key: number
  /** 1: of a virtual table; 2: generated; 3: generated and stored. */
  readonly hidden: 0 | 1 | 2 | 3
}

export interface StoredIndex {
  readonly name: string
  readonly unique: 0 | 1
  /** A CREATE INDEX, a unique constraint, or the primary key. */
  readonly origin: 'c' | 'u' | 'pk'
  readonly parts: readonly StoredIndexPart[]
}

export interface StoredIndexPart {
  /** `null`: an expression. */
  readonly column: string | null
  readonly isDescending: 0 | 1
  readonly collation: string
}

export interface StoredKey {
  readonly id: number
  readonly table: string
  readonly from: string
  /** `null`: the primary key of the other table. */
  readonly to: string | null
  readonly onUpdate: string
  readonly onDelete: string
}

/**
 * Which rows of `sqlite_schema`, as `s`, are tables that are looked at. Virtual tables need their module, and have shadow tables that are
 * theirs; both are left out, as views are.
 */
export const IS_TABLE = `s.type = 'table' AND s.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND s.rootpage > 0
    AND s.name NOT IN (SELECT t.name FROM pragma_table_list t WHERE t.schema = 'main' AND t.type = 'shadow')`

const TABLES = `SELECT 'table' AS kind, json_object('name', s.name, 'sql', s.sql,
    'columns', (SELECT json_group_array(json_object('name', x.name, 'type', x.type, 'notNull', x."notnull",
        'defaultText', x.dflt_value, 'key', x.pk, 'hidden', x.hidden))
      FROM pragma_table_xinfo(s.name, 'main') x),
    'indexes', (SELECT json_group_array(json_object('name', l.name, 'unique', l."unique", 'origin', l.origin,
        'parts', (SELECT json_group_array(json_object('column', p.name, 'isDescending', p."desc", 'collation', p.coll))
          FROM pragma_index_xinfo(l.name, 'main') p WHERE p.key = 1)))
      FROM pragma_index_list(s.name, 'main') l),
    'keys', (SELECT json_group_array(json_object('id', f.id, 'table', f."table", 'from', f."from", 'to', f."to",
        'onUpdate', f.on_update, 'onDelete', f.on_delete))
      FROM pragma_foreign_key_list(s.name, 'main') f)) AS value
  FROM main.sqlite_schema s
  WHERE ${IS_TABLE}`

const INDEX_TEXTS = `SELECT 'index', json_object('name', name, 'sql', sql) FROM main.sqlite_schema
  WHERE type = 'index' AND sql IS NOT NULL`

/** The tables, and the texts of indexes by their names, in one statement. */
export const readStored = async (
  reader: Reader,
): Promise<{
  readonly tables: readonly StoredTable[]
  readonly indexTexts: ReadonlyMap<string, string>
}> => {
  const rows = await reader.select<{ kind: 'table' | 'index'; value: string }>(
    `${TABLES} UNION ALL ${INDEX_TEXTS}`,
  )
  const tables: StoredTable[] = []
  const indexTexts = new Map<string, string>()
  for (const { kind, value } of rows) {
    const parsed = JSON.parse(value)
    if (kind === 'table') tables.push(parsed)
    else indexTexts.set(parsed.name, parsed.sql)
  }
  return { tables, indexTexts }
}

import { type Named, type Names, sqlText } from './names.js'
import type { Statements } from './statements.js'

/** A key of one column. */
export interface KeyFacts {
  readonly name: string
  /** SQL. */
  readonly target: string
  readonly targetColumns: readonly string[]
  readonly onDelete: string
  readonly onUpdate: string
  /** SQL, empty where it may not wait. */
  readonly deferrable: string
}

/** What the catalog says of a column. Names of types, tables and sequences are SQL, for the search path of the session. */
export interface ColumnFacts {
  /** `server_version_num`: 150004. */
  readonly version: number
  readonly type: string
  readonly isArray: boolean
  /** `pg_type.typcategory` of the type, or of what the array is made of. */
  readonly category: string
  /** The enum type that it, or its array, is made of. */
  readonly enum: { readonly oid: string; readonly sql: string; readonly values: readonly string[] } | null
  readonly required: boolean
  readonly default: string | null
  readonly identity: 'a' | 'd' | null
  readonly generated: string | null
  readonly isStored: boolean
  readonly collation: string | null
  readonly comment: string | null
  /** The sequence behind an identity, or behind a default that takes its next value. */
  readonly sequence: { readonly sql: string; readonly type: string; readonly options: string } | null
  /** Of unique constraints on this column alone. */
  readonly uniques: readonly string[]
  readonly primaryKey: { readonly name: string; readonly columns: readonly string[] } | null
  readonly keys: readonly KeyFacts[]
  /** What keeps PostgreSQL from changing the type, described. */
  readonly holders: readonly string[]
}

const action = (code: string): string =>
  `CASE ${code} WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END`

const columnsOf = (table: string, numbers: string): string =>
  `(SELECT json_agg(x.attname ORDER BY u.place) FROM unnest(${numbers}) WITH ORDINALITY u(number, place)
    JOIN pg_attribute x ON x.attrelid = ${table} AND x.attnum = u.number)`

const list = (sql: string): string => `coalesce((${sql}), '[]'::json)`

const ENUM_TYPE = `SELECT json_build_object('oid', e.oid::text, 'sql', e.oid::regtype::text,
    'values', (SELECT json_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = e.oid))
  FROM pg_type e WHERE e.typtype = 'e' AND e.oid IN (t.oid, t.typelem)`

const SEQUENCE = `SELECT json_build_object('sql', q.seqrelid::regclass::text, 'type', q.seqtypid::regtype::text,
    'options', format('INCREMENT BY %s MINVALUE %s MAXVALUE %s START WITH %s CACHE %s %s', q.seqincrement, q.seqmin,
      q.seqmax, q.seqstart, q.seqcache, CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END))
  FROM pg_depend p JOIN pg_sequence q ON q.seqrelid = p.objid
  WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid
    AND p.refobjsubid = a.attnum AND p.deptype IN ('a', 'i')
    AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', q.seqrelid::regclass::text))
  LIMIT 1`

const KEYS = `SELECT json_agg(json_build_object('name', k.conname, 'target', k.confrelid::regclass::text,
    'targetColumns', ${columnsOf('k.confrelid', 'k.confkey')}, 'onDelete', ${action('k.confdeltype')},
    'onUpdate', ${action('k.confupdtype')}, 'deferrable', CASE WHEN k.condeferred THEN 'DEFERRABLE INITIALLY DEFERRED'
      WHEN k.condeferrable THEN 'DEFERRABLE INITIALLY IMMEDIATE' ELSE '' END) ORDER BY k.conname)
  FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum] AND k.conparentid = 0`

// Views, rules, policies, triggers, bodies of functions, published columns; other columns that are computed from it.
const HOLDERS = `SELECT json_agg(DISTINCT h.what) FROM (
    SELECT CASE WHEN p.classid = 'pg_rewrite'::regclass THEN (SELECT CASE v.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view '
          ELSE 'a rule on table ' END || v.oid::regclass FROM pg_rewrite w JOIN pg_class v ON v.oid = w.ev_class WHERE w.oid = p.objid)
        ELSE pg_describe_object(p.classid, p.objid, p.objsubid) END AS what
      FROM pg_depend p WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
        AND p.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass, 'pg_publication_rel'::regclass)
    UNION ALL SELECT pg_describe_object(p.classid, p.objid, p.objsubid)
      FROM pg_depend p JOIN pg_trigger g ON g.oid = p.objid AND NOT g.tgisinternal
      WHERE p.classid = 'pg_trigger'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
    UNION ALL SELECT format('column %I, which is computed from it', x.attname)
      FROM pg_depend p JOIN pg_attrdef f ON f.oid = p.objid AND p.classid = 'pg_attrdef'::regclass
        JOIN pg_attribute x ON x.attrelid = f.adrelid AND x.attnum = f.adnum AND x.attgenerated <> ''
      WHERE p.refclassid = 'pg_class'::regclass AND p.refobjid = c.oid AND p.refobjsubid = a.attnum AND f.adnum <> a.attnum
    UNION ALL SELECT format('column %I, which is computed from it', x.attname)
      FROM pg_depend p JOIN pg_attribute x ON x.attrelid = p.objid AND x.attnum = p.objsubid AND x.attgenerated <> ''
      WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.objid = c.oid AND p.objsubid <> a.attnum
        AND p.refobjid = c.oid AND p.refobjsubid = a.attnum
  ) h`

const factsSql = (names: Names, table: Named, column: string): string => `SELECT json_build_object(
    'version', current_setting('server_version_num')::int, 'type', format_type(a.atttypid, a.atttypmod),
    'isArray', t.typcategory = 'A', 'category', coalesce((SELECT l.typcategory FROM pg_type l WHERE l.oid = t.typelem AND t.typcategory = 'A'), t.typcategory),
    'enum', (${ENUM_TYPE}), 'required', a.attnotnull,
    'default', CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
    'identity', nullif(a.attidentity, ''), 'generated', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
    'isStored', a.attgenerated = 's',
    'collation', (SELECT a.attcollation::regcollation::text WHERE a.attcollation <> t.typcollation AND a.attcollation <> 0),
    'comment', col_description(c.oid, a.attnum), 'sequence', (${SEQUENCE}),
    'uniques', ${list(`SELECT json_agg(k.conname ORDER BY k.conname) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'u' AND k.conkey = ARRAY[a.attnum] AND k.conparentid = 0`)},
    'primaryKey', (SELECT json_build_object('name', k.conname, 'columns', ${columnsOf('k.conrelid', 'k.conkey')})
      FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p'),
    'keys', ${list(KEYS)}, 'holders', ${list(HOLDERS)})::text AS value
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
  WHERE c.oid = ${names.regclass(table)} AND a.attname = ${sqlText(names.kept(column))}`

/** What the catalog says of a column; undefined where there is no database, or no such column in it. */
export const readColumn = async (
  statements: Statements,
  names: Names,
  table: Named,
  column: string,
): Promise<ColumnFacts | undefined> => {
  const rows = await statements.look<{ value: string }>(factsSql(names, table, column))
  const [row] = rows ?? []
  return row === undefined ? undefined : JSON.parse(row.value)
}

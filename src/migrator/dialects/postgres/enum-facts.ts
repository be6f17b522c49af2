import { type Named, type Names, sqlText } from './names.js'
import type { Statements } from './statements.js'

/** A column that is made of an enum type. */
export interface EnumColumn {
  /** SQL. */
  readonly table: string
  /** As it is. */
  readonly column: string
  readonly isArray: boolean
  /** It does not take NULL. */
  readonly isRequired: boolean
  /** SQL. */
  readonly default: string | null
  /** Of the table. */
  readonly key: readonly string[]
}

/** What goes before the type is swapped and comes back after it. */
export interface EnumDependent {
  /** For messages. */
  readonly name: string
  /** SQL that takes it away. */
  readonly drop: string
  /** SQL that makes it again. */
  readonly make: readonly string[]
}

/** What the catalog says of an enum type. Names of types and tables are SQL, for the search path of the session. */
export interface EnumFacts {
  readonly oid: string
  readonly sql: string
  readonly schema: string
  readonly schemaSql: string
  readonly name: string
  readonly values: readonly string[]
  readonly comment: string | null
  readonly columns: readonly EnumColumn[]
  readonly dependents: readonly EnumDependent[]
  /** What cannot be made again after a swap, described. */
  readonly holders: readonly string[]
}

const typeOf = (names: Names, table: Named, column: string): string =>
  `SELECT e.oid, e.typarray FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type e ON e.typtype = 'e' AND e.oid IN (t.oid, t.typelem)
   WHERE a.attrelid = ${names.regclass(table)} AND a.attname = ${sqlText(names.kept(column))} AND NOT a.attisdropped`

// Columns of tables, those that inherit theirs excepted: they follow.
const COLUMNS = `SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.attgenerated, a.attinhcount, a.attnotnull FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') JOIN e ON a.atttypid IN (e.oid, e.typarray) WHERE a.attnum > 0 AND NOT a.attisdropped`

const list = (sql: string): string => `coalesce((${sql}), '[]'::json)`

const COLUMN_LIST = `SELECT json_agg(json_build_object('table', u.attrelid::regclass::text, 'column', u.attname, 'isArray', u.atttypid = e.typarray, 'isRequired', u.attnotnull,
    'default', pg_get_expr(d.adbin, d.adrelid),
    'key', ${list(`SELECT json_agg(x.attname ORDER BY n.place) FROM pg_constraint k, unnest(k.conkey) WITH ORDINALITY n(number, place), pg_attribute x
      WHERE k.conrelid = u.attrelid AND k.contype = 'p' AND x.attrelid = u.attrelid AND x.attnum = n.number`)}) ORDER BY u.attrelid::regclass::text, u.attnum)
  FROM u CROSS JOIN e LEFT JOIN pg_attrdef d ON d.adrelid = u.attrelid AND d.adnum = u.attnum AND u.attgenerated = ''
  WHERE u.attinhcount = 0`

// Keys first, since they need the indexes of what they refer to; made again last.
const CONSTRAINTS = `SELECT k.oid, CASE k.contype WHEN 'f' THEN 0 ELSE 1 END AS rank, json_build_object(
    'name', format('constraint %I of %s', k.conname, k.conrelid::regclass), 'drop', format('ALTER TABLE %s DROP CONSTRAINT %I', k.conrelid::regclass, k.conname),
    'make', array_to_json(ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))]
      || CASE WHEN obj_description(k.oid, 'pg_constraint') IS NULL THEN ARRAY[]::text[] ELSE ARRAY[format('COMMENT ON CONSTRAINT %I ON %s IS %L',
        k.conname, k.conrelid::regclass, obj_description(k.oid, 'pg_constraint'))] END)) AS value
  FROM pg_constraint k WHERE k.conparentid = 0 AND k.coninhcount = 0 AND k.contype IN ('c', 'f', 'x') AND EXISTS (SELECT FROM u
    WHERE (u.attrelid = k.conrelid AND u.attnum = ANY (k.conkey)) OR (k.contype = 'f' AND u.attrelid = k.confrelid AND u.attnum = ANY (k.confkey)))`

// Plain indexes follow their columns; those with an expression or a condition may have values of the type in it.
const INDEXES = `SELECT i.indexrelid AS oid, 2 AS rank, json_build_object(
    'name', format('index %s', i.indexrelid::regclass), 'drop', format('DROP INDEX %s', i.indexrelid::regclass),
    'make', array_to_json(ARRAY[pg_get_indexdef(i.indexrelid)]
      || CASE WHEN obj_description(i.indexrelid, 'pg_class') IS NULL THEN ARRAY[]::text[] ELSE ARRAY[format('COMMENT ON INDEX %s IS %L',
        i.indexrelid::regclass, obj_description(i.indexrelid, 'pg_class'))] END)) AS value
  FROM pg_index i WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
    AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)
    AND EXISTS (SELECT FROM u JOIN pg_depend p ON p.classid = 'pg_class'::regclass AND p.objid = i.indexrelid AND p.refclassid = 'pg_class'::regclass
      AND p.refobjid = u.attrelid AND p.refobjsubid = u.attnum)`

const VIEW = (rule: string): string =>
  `(SELECT CASE v.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'a rule on table ' END || v.oid::regclass
    FROM pg_rewrite w JOIN pg_class v ON v.oid = w.ev_class WHERE w.oid = ${rule})`

// On the columns: as for any change of a type. On the type: whatever is neither such a column nor made again.
const HOLDERS = `SELECT json_agg(DISTINCT h.what) FROM (
    SELECT CASE WHEN p.classid = 'pg_rewrite'::regclass THEN ${VIEW('p.objid')} ELSE pg_describe_object(p.classid, p.objid, p.objsubid) END AS what
      FROM pg_depend p JOIN u ON p.refclassid = 'pg_class'::regclass AND p.refobjid = u.attrelid AND p.refobjsubid = u.attnum
      WHERE p.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_proc'::regclass, 'pg_publication_rel'::regclass)
        OR (p.classid = 'pg_trigger'::regclass AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.oid = p.objid AND g.tgisinternal))
    UNION ALL SELECT format('column %s.%I, which is computed', u.attrelid::regclass, u.attname) FROM u WHERE u.attgenerated <> ''
    UNION ALL SELECT format('column %s.%I, which is computed from one of its columns', x.attrelid::regclass, x.attname)
      FROM u JOIN pg_depend p ON p.refclassid = 'pg_class'::regclass AND p.refobjid = u.attrelid AND p.refobjsubid = u.attnum
        JOIN pg_attrdef f ON p.classid = 'pg_attrdef'::regclass AND f.oid = p.objid
        JOIN pg_attribute x ON x.attrelid = f.adrelid AND x.attnum = f.adnum AND x.attgenerated <> '' AND x.attnum <> u.attnum
    UNION ALL SELECT format('column %s.%I, which is computed from one of its columns', x.attrelid::regclass, x.attname)
      FROM u JOIN pg_depend p ON p.refclassid = 'pg_class'::regclass AND p.refobjid = u.attrelid AND p.refobjsubid = u.attnum AND p.classid = 'pg_class'::regclass
        JOIN pg_attribute x ON x.attrelid = p.objid AND x.attnum = p.objsubid AND x.attgenerated <> '' AND x.attrelid = u.attrelid AND x.attnum <> u.attnum
    UNION ALL SELECT format('table %s, which is partitioned by it', u.attrelid::regclass)
      FROM u JOIN pg_partitioned_table t ON t.partrelid = u.attrelid AND u.attnum = ANY (t.partattrs::int2[])
    UNION ALL SELECT CASE WHEN p.classid = 'pg_rewrite'::regclass THEN ${VIEW('p.objid')} ELSE pg_describe_object(p.classid, p.objid, p.objsubid) END
      FROM e JOIN pg_depend p ON p.refclassid = 'pg_type'::regclass AND p.refobjid IN (e.oid, e.typarray)
      WHERE NOT (p.classid = 'pg_type'::regclass AND p.objid = e.typarray)
        AND NOT (p.classid = 'pg_class'::regclass AND EXISTS (SELECT FROM u WHERE u.attrelid = p.objid AND u.attnum = p.objsubid))
        AND NOT (p.classid = 'pg_class'::regclass AND p.objid IN (SELECT oid FROM indexes))
        AND NOT (p.classid = 'pg_class'::regclass AND p.objsubid > 0 AND EXISTS (SELECT FROM pg_class v WHERE v.oid = p.objid AND v.relkind IN ('i', 'I')))
        AND NOT (p.classid = 'pg_constraint'::regclass AND p.objid IN (SELECT oid FROM constraints))
        AND NOT (p.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef f JOIN u ON u.attrelid = f.adrelid AND u.attnum = f.adnum WHERE f.oid = p.objid))
  ) h`

/** What the catalog says of the enum type of a column; undefined where it cannot be asked, or there is no such type. */
export const readEnum = async (
  statements: Statements,
  names: Names,
  table: Named,
  column: string,
): Promise<EnumFacts | undefined> => {
  const rows = await statements.look<{
    value: string
  }>(`SELECT * FROM (WITH e AS (${typeOf(names, table, column)}), u AS (${COLUMNS}),
    constraints AS (${CONSTRAINTS}), indexes AS (${INDEXES})
    SELECT json_build_object('oid', e.oid::text, 'sql', e.oid::regtype::text, 'schema', n.nspname, 'schemaSql', quote_ident(n.nspname), 'name', t.typname,
      'values', (SELECT json_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = e.oid),
      'comment', obj_description(e.oid, 'pg_type'), 'columns', ${list(COLUMN_LIST)},
      'dependents', ${list('SELECT json_agg(d.value ORDER BY d.rank, d.oid) FROM (SELECT * FROM constraints UNION ALL SELECT * FROM indexes) d')},
      'holders', ${list(HOLDERS)})::text AS value
    FROM e JOIN pg_type t ON t.oid = e.oid JOIN pg_namespace n ON n.oid = t.typnamespace) found`)
  const [row] = rows ?? []
  return row === undefined ? undefined : JSON.parse(row.value)
}

// The catalog of PostgreSQL as JSON in the shape of the schema's values (the manual's chapter "System Catalogs").
// Newer columns of a catalog are read through to_jsonb, which older servers can read too: they are then NULL.

const EMPTY = `'[]'::json`

// In a shadow: the host's own schema, which stands behind the shadow's. Elsewhere NULL, or an empty text when it has been set before.
const HOME = `current_setting('sm2kit.home', true)`

/** A name of a schema, NULL where it is the one that a name without a schema means. */
const owner = (namespace: string): string => `nullif(nullif(${namespace}, current_schema()), ${HOME})`

/** Names of columns by their numbers, in that order. */
const columnNames = (table: string, numbers: string): string =>
  `coalesce((SELECT json_agg(a.attname ORDER BY u.place) FROM unnest(${numbers}) WITH ORDINALITY u(number, place)
     JOIN pg_attribute a ON a.attrelid = ${table} AND a.attnum = u.number), ${EMPTY})`

const deferrable = (constraint: string): string =>
  `CASE WHEN ${constraint}.condeferred THEN 'deferred' WHEN ${constraint}.condeferrable THEN 'immediate' END`

const action = (code: string): string =>
  `CASE ${code} WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END`

/** A name as SQL spells it, with its schema where it needs one. */
const spelled = (namespace: string, name: string): string =>
  `CASE WHEN ${namespace} IN ('pg_catalog', current_schema(), ${HOME}) THEN '' ELSE quote_ident(${namespace}) || '.' END || quote_ident(${name})`

/** A collation as SQL spells it; NULL where it is the expected one. */
const collation = (oid: string, expected: string): string =>
  `(SELECT ${spelled('n.nspname', 'l.collname')} FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
    WHERE l.oid = ${oid} AND l.oid <> ${expected})`

// What a sequence does when nothing is said of it.
const PLAIN_SEQUENCE = `q.seqstart = 1 AND q.seqincrement = 1 AND q.seqmin = 1 AND q.seqcache = 1 AND NOT q.seqcycle
  AND q.seqtypid = a.atttypid AND q.seqmax = CASE q.seqtypid WHEN 'smallint'::regtype THEN 32767
    WHEN 'integer'::regtype THEN 2147483647 ELSE 9223372036854775807 END`

/** The sequence that belongs to a column: behind an identity, or behind a default that takes its next value. */
const OWN_SEQUENCE = `SELECT CASE a.attidentity WHEN 'a' THEN 'identity always' WHEN 'd' THEN 'identity by default' ELSE 'serial' END AS kind,
    CASE WHEN ${PLAIN_SEQUENCE} THEN NULL ELSE json_build_object('start', q.seqstart::text, 'increment', q.seqincrement::text,
      'minimum', q.seqmin::text, 'maximum', q.seqmax::text, 'cache', q.seqcache::text, 'cycle', q.seqcycle) END AS sequence
  FROM pg_depend p JOIN pg_sequence q ON q.seqrelid = p.objid
  WHERE p.classid = 'pg_class'::regclass AND p.refclassid = 'pg_class'::regclass AND p.refobjid = a.attrelid
    AND p.refobjsubid = a.attnum AND p.deptype IN ('a', 'i')
    AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) = format('nextval(%L::regclass)', q.seqrelid::regclass::text))
  LIMIT 1`

const COLUMNS = `SELECT json_agg(json_build_object(
    'name', a.attname,
    'type', format_type(a.atttypid, a.atttypmod),
    'enumType', (SELECT json_build_object('schema', ${owner('n.nspname')}, 'name', e.typname)
      FROM pg_type e JOIN pg_namespace n ON n.oid = e.typnamespace
      WHERE e.typtype = 'e' AND e.oid IN (t.oid, t.typelem)),
    'nullable', NOT a.attnotnull,
    'default', CASE WHEN a.attgenerated = '' AND o.kind IS NULL THEN pg_get_expr(d.adbin, d.adrelid) END,
    'autoIncrement', CASE WHEN o.kind IS NOT NULL THEN json_build_object('kind', o.kind, 'sequence', o.sequence) END,
    'collation', ${collation('a.attcollation', 't.typcollation')},
    'comment', col_description(a.attrelid, a.attnum),
    'generated', CASE WHEN a.attgenerated <> '' THEN
      json_build_object('expression', pg_get_expr(d.adbin, d.adrelid), 'stored', a.attgenerated = 's') END,
    'onUpdate', NULL,
    'isHidden', false) ORDER BY a.attnum)
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN LATERAL (${OWN_SEQUENCE}) o ON true
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`

/** Parts of a primary key or a unique constraint. */
const KEY_PARTS = `(SELECT json_agg(json_build_object('column', a.attname, 'direction', 'asc', 'collation', NULL, 'prefixLength', NULL)
      ORDER BY u.place) FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number)`

const INCLUDED = columnNames('i.indrelid', '(i.indkey::int2[])[i.indnkeyatts:]')

const NULLS_DISTINCT = `coalesce(to_jsonb(i) ->> 'indnullsnotdistinct' = 'false', true)`

/** Lists of one table's constraints; those that came with a partition are its own affair. */
const constraints = (kind: string, value: string, join = ''): string =>
  `SELECT json_agg(${value}) FROM pg_constraint k ${join} WHERE k.conrelid = c.oid AND k.contype = '${kind}' AND k.conparentid = 0`

const KEY_INDEX = 'JOIN pg_index i ON i.indexrelid = k.conindid'

const PRIMARY_KEY = constraints(
  'p',
  `json_build_object('name', k.conname, 'parts', ${KEY_PARTS}, 'include', ${INCLUDED}, 'deferrable', ${deferrable('k')}, 'onConflict', NULL)`,
  KEY_INDEX,
)

const UNIQUES = constraints(
  'u',
  `json_build_object('name', k.conname, 'parts', ${KEY_PARTS}, 'include', ${INCLUDED}, 'nullsDistinct', ${NULLS_DISTINCT},
    'deferrable', ${deferrable('k')}, 'onConflict', NULL)`,
  KEY_INDEX,
)

const FOREIGN_KEYS = constraints(
  'f',
  `json_build_object('name', k.conname, 'columns', ${columnNames('k.conrelid', 'k.conkey')},
    'target', json_build_object('schema', ${owner('fn.nspname')}, 'name', f.relname),
    'targetColumns', ${columnNames('k.confrelid', 'k.confkey')},
    'match', CASE k.confmatchtype WHEN 'f' THEN 'full' WHEN 'p' THEN 'partial' ELSE 'simple' END,
    'onDelete', ${action('k.confdeltype')}, 'onUpdate', ${action('k.confupdtype')},
    'onDeleteColumns', ${columnNames(
      'k.conrelid',
      `ARRAY(SELECT jsonb_array_elements_text(nullif(to_jsonb(k) -> 'confdelsetcols', 'null'))::int2)`,
    )},
    'deferrable', ${deferrable('k')}, 'validated', k.convalidated)`,
  'JOIN pg_class f ON f.oid = k.confrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace',
)

const CHECKS = constraints(
  'c',
  `json_build_object('name', k.conname, 'expression', pg_get_expr(k.conbin, k.conrelid), 'column', NULL,
    'noInherit', k.connoinherit, 'validated', k.convalidated)`,
)

const EXCLUSIONS = constraints(
  'x',
  `json_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid))`,
)

// Bits of indoption: 1 is DESC, 2 is NULLS FIRST. An expression's own collation is not in the catalog; the index's is.
const INDEX_PARTS = `SELECT json_agg(json_build_object(
    'kind', CASE WHEN a.attnum IS NULL THEN 'expression' ELSE 'column' END,
    CASE WHEN a.attnum IS NULL THEN 'expression' ELSE 'column' END,
      coalesce(a.attname::text, pg_get_indexdef(i.indexrelid, p.place, false)),
    'direction', CASE WHEN i.indoption[p.place - 1] & 1 = 1 THEN 'desc' ELSE 'asc' END,
    'nulls', CASE WHEN pg_indexam_has_property(r.relam, 'can_order')
      THEN CASE WHEN i.indoption[p.place - 1] & 2 = 2 THEN 'first' ELSE 'last' END END,
    'collation', ${collation('i.indcollation[p.place - 1]', 'coalesce(a.attcollation, 100)')},
    'operatorClass', (SELECT ${spelled('n.nspname', 'b.opcname')}
        || coalesce('(' || array_to_string(x.attoptions, ', ') || ')', '')
      FROM pg_opclass b JOIN pg_namespace n ON n.oid = b.opcnamespace
      WHERE b.oid = i.indclass[p.place - 1] AND (NOT b.opcdefault OR x.attoptions IS NOT NULL)),
    'prefixLength', NULL) ORDER BY p.place)
  FROM generate_series(1, i.indnkeyatts) p(place)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[p.place - 1] AND a.attnum > 0
    LEFT JOIN pg_attribute x ON x.attrelid = i.indexrelid AND x.attnum = p.place`

const INDEXES = `SELECT json_agg(json_build_object(
    'name', r.relname, 'parts', (${INDEX_PARTS}), 'unique', i.indisunique, 'nullsDistinct', ${NULLS_DISTINCT},
    'where', pg_get_expr(i.indpred, i.indrelid), 'method', m.amname, 'include', ${INCLUDED},
    'storage', coalesce(to_json(r.reloptions), ${EMPTY}), 'comment', obj_description(r.oid, 'pg_class'), 'isUsed', i.indisvalid))
  FROM pg_index i JOIN pg_class r ON r.oid = i.indexrelid JOIN pg_am m ON m.oid = r.relam
  WHERE i.indrelid = c.oid
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x'))`

const OPTIONS = `json_strip_nulls(json_build_object(
    'unlogged', CASE WHEN c.relpersistence = 'u' THEN true END,
    'partitionBy', CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
    'inherits', (SELECT json_agg(json_build_object('schema', coalesce(${owner('hn.nspname')}, ''), 'name', hc.relname) ORDER BY h.inhseqno)
      FROM pg_inherits h JOIN pg_class hc ON hc.oid = h.inhparent JOIN pg_namespace hn ON hn.oid = hc.relnamespace
      WHERE h.inhrelid = c.oid),
    'storage', to_json(c.reloptions)))`

const isExtensions = (catalog: string, oid: string): string =>
  `EXISTS (SELECT FROM pg_depend p WHERE p.classid = '${catalog}'::regclass AND p.objid = ${oid} AND p.deptype = 'e')`

const list = (sql: string): string => `coalesce((${sql}), ${EMPTY})`

/** A row a table or enum type of these schemas: `kind`, and the value as JSON. */
const catalogQuery = (schemas: string): string => `
SELECT 'table' AS kind, json_build_object(
    'schema', ${owner('n.nspname')}, 'name', c.relname, 'columns', ${list(COLUMNS)}, 'primaryKey', (${PRIMARY_KEY}) -> 0,
    'uniques', ${list(UNIQUES)}, 'indexes', ${list(INDEXES)}, 'foreignKeys', ${list(FOREIGN_KEYS)},
    'checks', ${list(CHECKS)}, 'exclusions', ${list(EXCLUSIONS)},
    'comment', obj_description(c.oid, 'pg_class'), 'options', ${OPTIONS})::text AS value
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY (${schemas}) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    AND NOT ${isExtensions('pg_class', 'c.oid')}
UNION ALL
SELECT 'enum', json_build_object('schema', ${owner('n.nspname')}, 'name', t.typname,
    'values', ${list(`SELECT json_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_enum v WHERE v.enumtypid = t.oid`)},
    'comment', obj_description(t.oid, 'pg_type'))::text
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE t.typtype = 'e' AND n.nspname = ANY (${schemas}) AND NOT ${isExtensions('pg_type', 't.oid')}`

/** Says to {@link reflectionSql}, until the transaction ends, that names of this schema need no schema either. */
export const homeSql = (schema: string): string =>
  `SELECT pg_catalog.set_config('sm2kit.home', ${literal(schema)}, true)`

/** A text as SQL, whatever `standard_conforming_strings` says. */
export const literal = (text: string): string => `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`

/** Settings are kept in the transaction, which may be the caller's and go on. */
const keep = (setting: string): string =>
  `SELECT pg_catalog.set_config('sm2kit.${setting}', pg_catalog.current_setting('${setting}'), true)`
const restore = (setting: string): string =>
  `SELECT pg_catalog.set_config('${setting}', pg_catalog.current_setting('sm2kit.${setting}'), true)`

/**
 * One message with several statements, which PostgreSQL runs as one transaction where there is none: names and expressions
 * are printed for a search path that holds the current schema and nothing else, whatever else the connection's has, and days in
 * ISO's way. To compile the query (jit) would take seconds, to run it takes milliseconds.
 *
 * @param schemas - Default: the current one.
 */
export const reflectionSql = (schemas: readonly string[] | undefined): string => {
  const wanted =
    schemas === undefined ? 'ARRAY[current_schema()]' : `ARRAY[${schemas.map(literal).join(', ')}]::name[]`
  return `${keep('search_path')}; ${keep('jit')}; ${keep('datestyle')};
SELECT pg_catalog.set_config('search_path', concat_ws(', ', pg_catalog.quote_ident(pg_catalog.current_schema()),
    pg_catalog.quote_ident(nullif(pg_catalog.${HOME}, ''))), true),
  pg_catalog.set_config('jit', 'off', true), pg_catalog.set_config('datestyle', 'ISO, YMD', true);
${catalogQuery(wanted)};
${restore('search_path')}; ${restore('jit')}; ${restore('datestyle')}`
}

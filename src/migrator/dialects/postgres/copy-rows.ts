import type { Sequelize } from 'sequelize'
import { nameOf, quoted, text } from './ddl.js'

const raw = { raw: true, logging: false, retry: { max: 1 } } as const
const PAGE = 1_000

interface Tables {
  /** In a transaction that sees one moment. */
  readonly reader: Sequelize
  readonly writer: Sequelize
  readonly rows: number | 'all'
  readonly checkpoint: () => void
}

interface CopiedTable {
  readonly schema: string
  readonly name: string
  readonly columns: readonly string[]
}

const select = async <Row extends object>(sequelize: Sequelize, sql: string): Promise<readonly Row[]> =>
  (await sequelize.query(sql, { ...raw, type: 'SELECT' as never })) as unknown as readonly Row[]

const TABLES = `
  SELECT n.nspname AS schema, c.relname AS name, (
    SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
    WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  ) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
    AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`

/** Fills the tables of a copy that has no keys to other tables yet, and sets its sequences. */
export const copyRows = async (tables: Tables): Promise<void> => {
  const { reader, writer, rows } = tables
  // What the copy lacks cannot be filled.
  const copied = await select<CopiedTable>(writer, TABLES)
  for (const table of copied) await copyTable(table, tables)
  if (rows !== 'all') await dropOrphans(reader, writer, tables.checkpoint)
  const sequences = await select<{ schema: string; name: string; last: string }>(
    reader,
    'SELECT schemaname AS schema, sequencename AS name, last_value AS last FROM pg_sequences WHERE last_value IS NOT NULL',
  )
  for (const sequence of sequences)
    await writer.query(`SELECT setval(to_regclass(${text(nameOf(sequence))}), ${sequence.last})`, raw)
}

/** As texts of whole rows, which are of every type; by a cursor, so that memory stays flat. */
const copyTable = async (table: CopiedTable, { reader, writer, rows, checkpoint }: Tables): Promise<void> => {
  const { columns } = table
  if (columns.length === 0) return
  const limit = rows === 'all' ? '' : ` LIMIT ${rows}`
  const from = nameOf(table)
  await reader.query(
    `DECLARE sm2kit_rows NO SCROLL CURSOR FOR SELECT t::text AS r FROM ONLY ${from} t${limit}`,
    raw,
  )
  const into = columns.map(quoted).join(', ')
  const values = columns.map((name) => `(x.r).${quoted(name)}`).join(', ')
  for (let isMore = true; isMore; ) {
    checkpoint()
    const page = await select<{ r: string }>(reader, `FETCH ${PAGE} FROM sm2kit_rows`)
    isMore = page.length === PAGE
    if (page.length === 0) break
    const list = page.map(({ r }) => text(r)).join(', ')
    await writer.query(
      `INSERT INTO ${from} (${into}) OVERRIDING SYSTEM VALUE SELECT ${values} ` +
        `FROM (SELECT u::${from} AS r FROM unnest(ARRAY[${list}]::text[]) u OFFSET 0) x`,
      raw,
    )
  }
  await reader.query('CLOSE sm2kit_rows', raw)
}

const KEYS = `
  SELECT o.conrelid::regclass::text AS "from", o.confrelid::regclass::text AS "to",
    (SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(o.conkey) WITH ORDINALITY k(c, n)
      JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.c) AS columns,
    (SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(o.confkey) WITH ORDINALITY k(c, n)
      JOIN pg_attribute a ON a.attrelid = o.confrelid AND a.attnum = k.c) AS targets
  FROM pg_constraint o WHERE o.contype = 'f' AND o.conparentid = 0 AND o.convalidated`

/** Of some rows only, some refer to what is not among them: they go, until none does. */
const dropOrphans = async (reader: Sequelize, writer: Sequelize, checkpoint: () => void): Promise<void> => {
  const [path] = await select<{ path: string }>(reader, "SELECT current_setting('search_path') AS path")
  // The names come from the reader's point of view.
  await writer.query(`SET search_path TO ${path?.path === '' ? "''" : path?.path}`, raw)
  const keys = await select<{
    from: string
    to: string
    columns: readonly string[]
    targets: readonly string[]
  }>(reader, KEYS)
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const { from, to, columns, targets } of keys) {
      checkpoint()
      const filled = columns.map((name) => `t.${quoted(name)} IS NOT NULL`).join(' AND ')
      const pairs = columns
        .map((name, at) => `o.${quoted(targets[at] ?? name)} = t.${quoted(name)}`)
        .join(' AND ')
      const gone = await select<object>(
        writer,
        `DELETE FROM ${from} t WHERE ${filled} AND NOT EXISTS (SELECT 1 FROM ${to} o WHERE ${pairs}) RETURNING 1`,
      )
      if (gone.length > 0) isDone = false
    }
  }
}

import type { Sequelize } from 'sequelize'
import { CopyRefused, type CopyRequest, ONE_CONNECTION, siblingOf } from '../../dialect-copy.js'
import type { Schema } from '../../schema/schema.js'
import { driverCode } from '../driver-error.js'
import { copyRows } from './copy-rows.js'
import { counting, nameOf, quoted, schemaAfterRows, schemaBeforeRows } from './ddl.js'
import { type Dump, findDump } from './pg-dump.js'
import { reflectPostgres } from './reflect.js'

const raw = { raw: true, logging: false, retry: { max: 1 } } as const

const select = async <Row extends object>(sequelize: Sequelize, sql: string): Promise<readonly Row[]> =>
  (await sequelize.query(sql, { ...raw, type: 'SELECT' as never })) as unknown as readonly Row[]

/** Statements that make a schema: what is there before the rows, and what comes behind them. */
interface Making {
  readonly before: readonly string[]
  readonly after: readonly string[]
  readonly lacks: readonly string[]
}

/**
 * Makes a database that is there, and empty, a copy of another to which people are connected: as it is at one moment.
 *
 * @returns What it lacks, in words.
 */
export const rebuild = async (
  request: CopyRequest & { readonly database: string },
): Promise<readonly string[]> => {
  const { source, database, checkpoint, rows } = request
  const reader = siblingOf(source, { ...ONE_CONNECTION, logging: false })
  const writer = siblingOf(source, { ...ONE_CONNECTION, logging: false, database })
  try {
    await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', raw)
    const making = await makingOf(reader, source)
    checkpoint()
    await writer.query('SET check_function_bodies = off', raw)
    for (const sql of making.before) await runMaking(writer, sql)
    await copyRows({ reader, writer, rows, checkpoint })
    for (const sql of making.after) {
      checkpoint()
      await runMaking(writer, sql)
    }
    return making.lacks
  } finally {
    await Promise.allSettled([reader.close(), writer.close()])
  }
}

const runMaking = async (writer: Sequelize, sql: string): Promise<void> => {
  try {
    await writer.query(sql, raw)
  } catch (error) {
    // Of classes 42, 0A and 22: the statement itself. Anything else is the server's.
    if (!/^(?:42|0A|22|23)/u.test(driverCode(error))) throw error
    throw new CopyRefused(
      `what is in it could not be made again: ${error instanceof Error ? error.message : String(error)}`,
      'pg_dump of the version of the server or a later one, where the command can find it, or that nobody is connected to the database meanwhile',
      error,
    )
  }
}

const makingOf = async (reader: Sequelize, source: Sequelize): Promise<Making> => {
  const dump = await findDump(reader, source)
  if (dump !== undefined) {
    const dumped = await byDump(dump, reader).catch(() => undefined)
    if (dumped !== undefined) return dumped
  }
  return byReflection(reader)
}

const byDump = async (dump: Dump, reader: Sequelize): Promise<Making> => {
  const [row] = await select<{ snapshot: string }>(reader, 'SELECT pg_export_snapshot() AS snapshot')
  const section = async (name: string): Promise<string> => dump(name, row?.snapshot ?? '')
  return { before: [await section('pre-data')], after: [await section('post-data')], lacks: [] }
}

const SCHEMAS = `n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'`
const notExtensions = (catalog: string, oid: string): string =>
  `NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`

const byReflection = async (reader: Sequelize): Promise<Making> => {
  const list = async (sql: string): Promise<readonly string[]> =>
    (await select<{ sql: string }>(reader, sql)).map((row) => row.sql)
  const names = await select<{ name: string }>(
    reader,
    `SELECT n.nspname AS name FROM pg_namespace n WHERE ${SCHEMAS}`,
  )
  const schema: Schema = await reflectPostgres(
    { select: (sql) => select(reader, sql) },
    names.map(({ name }) => name),
  )
  const extensions = await list(
    `SELECT format('CREATE EXTENSION IF NOT EXISTS %I', extname) AS sql FROM pg_extension WHERE extname <> 'plpgsql'`,
  )
  const functions = await list(
    `SELECT pg_get_functiondef(p.oid) AS sql FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
     WHERE p.prokind IN ('f', 'p') AND ${SCHEMAS} AND ${notExtensions('pg_proc', 'p.oid')} ORDER BY p.oid`,
  )
  const views = await list(
    `SELECT format('CREATE VIEW %I.%I AS %s', n.nspname, c.relname, pg_get_viewdef(c.oid)) AS sql
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'v' AND ${SCHEMAS} AND ${notExtensions('pg_class', 'c.oid')} ORDER BY c.oid`,
  )
  const triggers = await list(
    `SELECT pg_get_triggerdef(t.oid) AS sql FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
     JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT t.tgisinternal AND ${SCHEMAS} ORDER BY t.oid`,
  )
  return {
    before: [
      ...names.map(({ name }) => `CREATE SCHEMA IF NOT EXISTS ${quoted(name)}`),
      ...extensions,
      ...(await sequencesOf(reader)),
      ...schemaBeforeRows(schema),
    ],
    after: [...functions, ...schemaAfterRows(schema), ...views, ...triggers],
    lacks: await lacksOf(reader),
  }
}

/** Sequences that belong to no column. */
const sequencesOf = async (reader: Sequelize): Promise<readonly string[]> => {
  const found = await select<{
    schema: string
    name: string
    start: string
    increment: string
    minimum: string
    maximum: string
    cache: string
    cycle: boolean
  }>(
    reader,
    `SELECT n.nspname AS schema, c.relname AS name, s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS minimum,
       s.seqmax AS maximum, s.seqcache AS cache, s.seqcycle AS cycle
     FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE ${SCHEMAS} AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('a', 'i', 'e'))`,
  )
  return found.map((one) => `CREATE SEQUENCE ${nameOf(one)} ${counting(one as never)}`)
}

/** What the values of a schema do not hold, where there is some of it. */
const lacksOf = async (reader: Sequelize): Promise<readonly string[]> => {
  const kinds: readonly (readonly [what: string, sql: string])[] = [
    [
      'materialized views',
      `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'm' AND ${SCHEMAS}`,
    ],
    [
      'partitions',
      `pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition AND ${SCHEMAS}`,
    ],
    [
      'domains',
      `pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND ${SCHEMAS} AND ${notExtensions('pg_type', 't.oid')}`,
    ],
    ['row policies', 'pg_policy'],
    ['event triggers', `pg_event_trigger e WHERE ${notExtensions('pg_event_trigger', 'e.oid')}`],
  ]
  const lacks: string[] = []
  for (const [what, sql] of kinds) {
    const [row] = await select<{ n: string }>(reader, `SELECT count(*) AS n FROM ${sql}`)
    if (Number(row?.n) > 0)
      lacks.push(
        `The copy has no ${what}, of which there are ${row?.n}: pg_dump of the server's version was not found.`,
      )
  }
  return lacks
}

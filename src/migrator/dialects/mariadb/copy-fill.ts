import type { Sequelize } from 'sequelize'
import { type CopyRequest, ONE_CONNECTION, siblingOf } from '../../dialect-copy.js'
import { LOOKED_EVERY_MS } from '../watched-copy.js'
import { quoteName, quoteNames, quoteText } from './sql.js'

const raw = { raw: true, logging: false, retry: { max: 1 } } as const

interface Places extends CopyRequest {
  /** The name of the database that is copied, and that of its empty copy. */
  readonly from: string
  readonly to: string
}

type Row = Readonly<Record<string, unknown>>

const select = async (sequelize: Sequelize, sql: string): Promise<readonly Row[]> =>
  (await sequelize.query(sql, { ...raw, type: 'SELECT' as never })) as unknown as readonly Row[]

const namesIn = async (sequelize: Sequelize, sql: string): Promise<readonly string[]> =>
  (await select(sequelize, sql)).map((row) => String(row['name']))

/**
 * Fills an empty database with another's tables, rows, views, triggers and routines, by the server itself.
 *
 * @returns What it lacks, in words.
 */
export const fillCopy = async (places: Places): Promise<readonly string[]> => {
  const { source, from, to, rows, checkpoint, progress } = places
  const reader = siblingOf(source, { ...ONE_CONNECTION, logging: false })
  const writer = siblingOf(source, { ...ONE_CONNECTION, logging: false, database: to })
  const lacks: string[] = []
  try {
    // A table may come before the one that it refers to, and a number may be 0.
    await writer.query('SET FOREIGN_KEY_CHECKS = 0, UNIQUE_CHECKS = 0', raw)
    const [mode] = await select(writer, 'SELECT @@SESSION.sql_mode AS mode')
    await writer.query("SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO,ALLOW_INVALID_DATES'", raw)
    const inSource = `TABLE_SCHEMA = ${quoteText(from)}`
    const tables = (
      await select(
        reader,
        'SELECT TABLE_NAME AS name, COALESCE(DATA_LENGTH + INDEX_LENGTH, 0) AS bytes FROM information_schema.TABLES ' +
          `WHERE ${inSource} AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY TABLE_NAME`,
      )
    ).map((row) => ({ name: String(row['name']), bytes: Number(row['bytes']) }))
    const totalBytes = tables.reduce((sum, table) => sum + table.bytes, 0)
    await progress?.({ bytes: 0, totalBytes })
    let bytesDone = 0
    let toldAt = performance.now()
    for (const { name } of tables) {
      checkpoint()
      const [shown] = await select(reader, `SHOW CREATE TABLE ${quoteName(name)}`)
      await writer.query(String(shown?.['Create Table']), raw)
    }
    for (const { name, bytes } of tables) {
      checkpoint()
      const columns = await namesIn(
        reader,
        `SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE ${inSource} AND TABLE_NAME = ${quoteText(name)} ` +
          "AND COALESCE(GENERATION_EXPRESSION, '') = '' ORDER BY ORDINAL_POSITION",
      )
      const limit = rows === 'all' ? '' : ` LIMIT ${rows}`
      const list = quoteNames(columns)
      await writer.query(
        `INSERT INTO ${quoteName(name)} (${list}) SELECT ${list} FROM ${quoteName(from)}.${quoteName(name)}${limit}`,
        raw,
      )
      // A table is one statement of the server, which does not tell how far it is.
      bytesDone += bytes
      if (performance.now() - toldAt < LOOKED_EVERY_MS) continue
      toldAt = performance.now()
      await progress?.({ bytes: bytesDone, totalBytes })
    }
    if (rows !== 'all') await dropOrphans(writer, to, checkpoint)
    await writer.query(`SET SESSION sql_mode = ${quoteText(String(mode?.['mode'] ?? ''))}`, raw)
    lacks.push(...(await copyPrograms(reader, writer, places)))
    return lacks
  } finally {
    await Promise.allSettled([reader.close(), writer.close()])
  }
}

/** Routines, views and triggers. */
const copyPrograms = async (
  reader: Sequelize,
  writer: Sequelize,
  { from, checkpoint }: Places,
): Promise<readonly string[]> => {
  const owner = quoteText(from)
  const kinds: readonly (readonly [what: string, column: RegExp, sql: string])[] = [
    ...(['FUNCTION', 'PROCEDURE'] as const).map(
      (type) =>
        [
          type,
          /^Create (?:Function|Procedure)$/u,
          `SELECT ROUTINE_NAME AS name FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = ${owner} AND ROUTINE_TYPE = '${type}'`,
        ] as const,
    ),
    [
      'VIEW',
      /^Create View$/u,
      `SELECT TABLE_NAME AS name FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ${owner}`,
    ],
    [
      'TRIGGER',
      /^SQL Original Statement$/u,
      `SELECT TRIGGER_NAME AS name FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = ${owner} ORDER BY ACTION_ORDER`,
    ],
  ]
  const lacks: string[] = []
  for (const [what, column, sql] of kinds) {
    let left = await namesIn(reader, sql)
    // A view may stand on another one: as long as some can be made, the others are tried again.
    for (let isMoving = true; isMoving && left.length > 0; ) {
      const failed: string[] = []
      for (const name of left) {
        checkpoint()
        const [shown = {}] = await select(reader, `SHOW CREATE ${what} ${quoteName(name)}`)
        const text = Object.entries(shown).find(([key]) => column.test(key))?.[1]
        const isMade = await writer.query(withoutOwner(String(text), from), raw).then(
          () => true,
          () => false,
        )
        if (!isMade) failed.push(name)
      }
      isMoving = failed.length < left.length
      left = failed
    }
    lacks.push(
      ...left.map(
        (name) => `The copy lacks the ${what.toLowerCase()} "${name}", which could not be made again.`,
      ),
    )
  }
  return lacks
}

/** The text of a program, for whoever makes it, in whatever database it is made. */
const withoutOwner = (sql: string, from: string): string =>
  sql.replace(/\sDEFINER=`(?:[^`]|``)*`@`(?:[^`]|``)*`/u, '').replaceAll(`${quoteName(from)}.`, '')

const dropOrphans = async (writer: Sequelize, to: string, checkpoint: () => void): Promise<void> => {
  const parts = await select(
    writer,
    `SELECT TABLE_NAME AS tbl, CONSTRAINT_NAME AS cons, COLUMN_NAME AS col, REFERENCED_TABLE_NAME AS target, REFERENCED_COLUMN_NAME AS other
     FROM information_schema.KEY_COLUMN_USAGE
     WHERE TABLE_SCHEMA = ${quoteText(to)} AND REFERENCED_TABLE_SCHEMA = ${quoteText(to)} ORDER BY ORDINAL_POSITION`,
  )
  const keys = new Map<string, Row[]>()
  for (const part of parts) {
    const key = JSON.stringify([part['tbl'], part['cons']])
    keys.set(key, [...(keys.get(key) ?? []), part])
  }
  const name = (value: unknown): string => quoteName(String(value))
  for (let isDone = false; !isDone; ) {
    isDone = true
    for (const [first, ...rest] of keys.values()) {
      checkpoint()
      if (first === undefined) continue
      const columns = [first, ...rest]
      const filled = columns.map((part) => `t.${name(part['col'])} IS NOT NULL`).join(' AND ')
      const pairs = columns.map((part) => `o.${name(part['other'])} = t.${name(part['col'])}`).join(' AND ')
      const join = `${name(first['tbl'])} t LEFT JOIN ${name(first['target'])} o ON ${pairs}`
      const where = `${filled} AND o.${name(first['other'])} IS NULL`
      const [count] = await select(writer, `SELECT COUNT(*) AS n FROM ${join} WHERE ${where}`)
      if (Number(count?.['n']) === 0) continue
      isDone = false
      await writer.query(`DELETE t FROM ${join} WHERE ${where}`, raw)
    }
  }
}

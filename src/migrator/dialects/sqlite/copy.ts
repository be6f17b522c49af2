import { mkdtemp, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sequelize } from 'sequelize'
import { createHash } from '../../crypto.js'
import {
  type Copying,
  CopyRefused,
  type CopyRequest,
  columnsToDigest,
  type DatabaseCopy,
  prefixOf,
  siblingOf,
} from '../../dialect-copy.js'
import type { Reader } from '../../dialect-session.js'
import type { Table } from '../../schema/schema.js'
import { watched } from '../watched-copy.js'
import { quoteName } from './sql-text/tokens.js'

const OWNER = 'owner.sqlite'
/** Between making its folder and holding its lock a process has no owner file for a moment. */
const UNOWNED_FOR_MS = 60_000
/** The copy, and what its journal and a rebuilt table may take beside it. */
const ROOM_FACTOR = 2

const raw = { raw: true, retry: { max: 1 }, logging: false } as const

/** An instance on a file, without the wait for a lock that the host's own has. */
const openFile = (source: Sequelize, storage: string): Sequelize => siblingOf(source, { storage })

/** Takes the owner's lock of a folder: it ends with the process, however that dies. */
const lockOwner = async (source: Sequelize, folder: string, file: string): Promise<Sequelize | undefined> => {
  const owner = openFile(source, join(folder, file))
  try {
    await owner.query('PRAGMA busy_timeout = 0', raw)
    await owner.query('BEGIN EXCLUSIVE', raw)
    return owner
  } catch {
    await owner.close().catch(() => {})
    return undefined
  }
}

const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true })

/** Removes the folders of dead processes, and no other: by our own name, and only where nobody holds the owner's lock. */
const removeLeftovers = async (source: Sequelize): Promise<void> => {
  for (const entry of await readdir(tmpdir(), { withFileTypes: true })) {
    // A link of that name is none of ours.
    if (!entry.isDirectory() || !/^sm2kit_rehearsal_\w{6}$/u.test(entry.name)) continue
    const folder = join(tmpdir(), entry.name)
    try {
      const files = await readdir(folder)
      if (!files.includes(OWNER)) {
        if (Date.now() - (await stat(folder)).mtimeMs > UNOWNED_FOR_MS) await removeFolder(folder)
        continue
      }
      const lock = await lockOwner(source, folder, OWNER)
      if (lock === undefined) continue
      await lock.close()
      await removeFolder(folder)
    } catch {
      // Another user's, or another rehearsal has just removed it.
    }
  }
}

const sizeOf = async (sequelize: Sequelize): Promise<number> => {
  const [rows] = await sequelize.query('PRAGMA page_count', raw)
  const [sizes] = await sequelize.query('PRAGMA page_size', raw)
  const first = (list: unknown): number => Number(Object.values((list as readonly object[])[0] ?? {})[0] ?? 0)
  return first(rows) * first(sizes)
}

/** Makes a file before anything is written into it; what SQLite puts beside it has its rights. */
const makePrivate = async (file: string): Promise<void> => {
  await (await open(file, 'wx', 0o600)).close()
}

const copyInto = async (request: CopyRequest, file: string): Promise<void> => {
  const { source } = request
  const { storage, host } = (source as unknown as { options: { storage?: string; host?: string } }).options
  const isMemory = (storage ?? host ?? ':memory:') === ':memory:'
  // A connection of its own: the host's goes on with what the host does. A database in memory has but one.
  const reader = isMemory ? source : siblingOf(source, {})
  try {
    const { bavail, bsize } = await statfs(tmpdir())
    const bytes = await sizeOf(reader)
    if (bytes * ROOM_FACTOR > bavail * bsize)
      throw new CopyRefused(
        `the folder for temporary files has room for ${Math.floor((bavail * bsize) / 2 ** 20)} MB`,
        `${Math.ceil((bytes * ROOM_FACTOR) / 2 ** 20)} MB there (another folder by the environment variable TMPDIR)`,
      )
    await makePrivate(file)
    const statement = `VACUUM INTO '${file.replaceAll("'", "''")}'`
    await watched(
      request,
      bytes,
      () => reader.query(statement, raw),
      async () => (await stat(file)).size,
    )
  } finally {
    if (!isMemory) await reader.close()
  }
}

/** An online copy of the file, consistent while others write, in a folder that is only this user's. */
const copy = async (request: CopyRequest): Promise<DatabaseCopy> => {
  const { source, checkpoint, keep, isEmpty = false } = request
  await removeLeftovers(source)
  checkpoint()
  const folder = await mkdtemp(join(tmpdir(), prefixOf({ keep })))
  let owner: Sequelize | undefined
  let sequelize: Sequelize | undefined
  const close = async (): Promise<void> => {
    await sequelize?.close()
    await owner?.close()
  }
  const drop = async (): Promise<void> => {
    await close().catch(() => {})
    await removeFolder(folder)
  }
  try {
    await makePrivate(join(folder, 'owner.new'))
    owner = await lockOwner(source, folder, 'owner.new')
    if (owner === undefined)
      throw new CopyRefused('its folder cannot be locked', 'a local folder for temporary files')
    // Whoever finds the file by its name finds it locked.
    await rename(join(folder, 'owner.new'), join(folder, OWNER))
    const file = join(folder, 'copy.sqlite')
    if (isEmpty) await makePrivate(file)
    else await copyInto(request, file)
    checkpoint()
    sequelize = openFile(source, file)
    return { sequelize, place: file, lacks: [], close, drop }
  } catch (error) {
    await drop()
    throw error
  }
}

const PAGE = 5_000

/** Sums of hashes do not depend on the order of the rows; SQLite has no hash of its own. */
const digests = async (reader: Reader, table: Table): Promise<ReadonlyMap<string, string>> => {
  const { key, columns } = columnsToDigest(table)
  const cells = columns.map((name, index) => `quote(${quoteName(name)}) AS c${index}`)
  const keyed = `${key.map((name) => `quote(${quoteName(name)})`).join(` || ',' || `) || "''"} AS k`
  const select = `SELECT ${[keyed, ...cells].join(', ')}`
  const from = quoteName(table.name)
  const sums = columns.map(() => 0n)
  const add = (rows: readonly Readonly<Record<string, unknown>>[]): void => {
    for (const row of rows)
      for (const index of columns.keys()) {
        const text = JSON.stringify([row['k'], row[`c${index}`]])
        sums[index] = (sums[index] ?? 0n) + createHash('sha256').update(text).digest().readBigUInt64BE()
      }
  }
  if (table.options.withoutRowid === true) add(await reader.select(`${select} FROM ${from}`))
  else {
    for (let last: unknown = null, isMore = true; isMore; ) {
      const where = last === null ? '' : ` WHERE _rowid_ > ${String(last)}`
      const page: readonly Readonly<Record<string, unknown>>[] = await reader.select(
        `${select}, CAST(_rowid_ AS TEXT) AS r FROM ${from}${where} ORDER BY _rowid_ LIMIT ${PAGE}`,
      )
      add(page)
      last = page.at(-1)?.['r']
      isMore = page.length === PAGE
    }
  }
  return new Map(columns.map((name, index) => [name, String(sums[index])]))
}

/** Copies of SQLite databases. */
export const sqliteCopying: Copying = { copy, digests }

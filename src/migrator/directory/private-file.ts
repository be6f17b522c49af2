import { link, lstat, mkdir, open, readdir, readFile, readlink, rename, rm, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { createHash, randomBytes } from '../crypto.js'

/** A file that was written to its end. */
export interface WrittenFile<T> {
  readonly bytes: number
  /** What the writer gave back. */
  readonly value: T
}

// A database that is written has a file beside it meanwhile, which outlives a killed writer too.
const PARTIAL = /^\.sm2kit-([0-9a-f]{12})-(\d+)-(\d+)-[0-9a-f]{16}\.partial(?:-journal|-wal|-shm)?$/u

const BEAT_MS = 5_000
/** A writer that has said nothing for so long is dead; its own clock and ours are that of the folder. */
const DEAD_AFTER_MS = 12 * BEAT_MS

/**
 * Writes a file that only its owner may read, under another name that nobody can guess, which becomes its own when it is
 * whole: whoever sees the file sees all of it. What a process that was killed has left in the folder is removed.
 *
 * @param path - Absolute; its folder is made, for its owner alone, where there is none.
 * @param write - Writes into the file of the given path, which is there and empty.
 * @throws An error of Node's with `code`; `EEXIST` when something is there already, a link too.
 */
export const writePrivately = async <T>(
  path: string,
  write: (temporary: string) => Promise<T>,
): Promise<WrittenFile<T>> => {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (await isThere(path)) throw Object.assign(new Error('It is there already'), { code: 'EEXIST' })
  const self = await writer()
  const name = `.sm2kit-${self.place}-${self.pid}-${self.startedAt}-${randomBytes(8).toString('hex')}.partial`
  const temporary = join(folder, name)
  // Fails where something is there, a link too: nobody can have it written elsewhere.
  await (await open(temporary, 'wx', 0o600)).close()
  const beat = setInterval(() => void touch(temporary), BEAT_MS)
  beat.unref()
  try {
    await removeDead(folder, name)
    const value = await write(temporary)
    const file = await open(temporary, 'r+')
    try {
      await file.sync()
      const { size: bytes } = await file.stat()
      await moveTo(temporary, path)
      return { bytes, value }
    } finally {
      await file.close()
    }
  } finally {
    clearInterval(beat)
    for (const end of ['', '-journal', '-wal', '-shm'])
      await rm(temporary + end, { force: true }).catch(() => {})
    await syncFolder(folder)
  }
}

const touch = async (path: string): Promise<void> => {
  const now = new Date()
  // It may be moved already.
  await utimes(path, now, now).catch(() => {})
}

/** Unlike a rename, a link refuses a name that is taken. Some file systems have no links. */
const moveTo = async (temporary: string, path: string): Promise<void> => {
  try {
    await link(temporary, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || (await isThere(path))) throw error
    await rename(temporary, path)
  }
}

const isThere = async (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  )

/** Without it a crash of the machine may forget the name. Some file systems cannot do it, and need it less. */
const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close().catch(() => {})
}

/** Removes what dead writers have left: files of our own pattern, in this folder alone. */
const removeDead = async (folder: string, own: string): Promise<void> => {
  const now = await changedAt(join(folder, own))
  const self = await writer()
  for (const name of await readdir(folder)) {
    const [, place, pid = '', startedAt] = PARTIAL.exec(name) ?? []
    if (place === undefined || name.startsWith(own)) continue
    const path = join(folder, name)
    const isDead =
      place === self.place && self.pid !== '0'
        ? (await startOf(pid)) !== startedAt
        : now - (await changedAt(path).catch(() => now)) > DEAD_AFTER_MS
    if (isDead) await rm(path, { force: true }).catch(() => {})
  }
}

const changedAt = async (path: string): Promise<number> => (await lstat(path)).mtimeMs

/** Who writes, so that another process can tell whether it still lives. */
interface Writer {
  /** A digest of the machine since it was started, and the container: where a process id means the same process. */
  readonly place: string
  /** `0` where the system does not tell. */
  readonly pid: string
  readonly startedAt: string
}

/** As Linux tells in `/proc`; elsewhere only the beats tell. */
const writer = async (): Promise<Writer> => {
  try {
    const pid = basename(await readlink('/proc/self'))
    const parts = [
      hostname(),
      await readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
      await readlink('/proc/self/ns/pid'),
    ]
    const place = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12)
    return { place, pid, startedAt: (await startOf(pid)) ?? '0' }
  } catch {
    return { place: '000000000000', pid: '0', startedAt: '0' }
  }
}

/** When a process was started, in ticks; undefined when there is none. The name before it may hold anything but a last bracket. */
const startOf = async (pid: string): Promise<string | undefined> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

import { cpSync, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { freemem, tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** An account of the operating system. */
export interface SystemUser {
  readonly uid: number
  readonly gid: number
}

/**
 * The account that a server runs under: PostgreSQL refuses to run as root, and MariaDB has no need to.
 *
 * @param preferred - Used when it exists; otherwise `nobody`, so that no test run adds an account to the machine.
 * @returns Undefined when this process is not root: the server then runs as the same user.
 */
export function serverUser(preferred: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account = [preferred, 'nobody']
    .map((name) => accounts.find(([found]) => found === name))
    .find(Boolean)
  if (account === undefined) throw new Error(`Neither ${preferred} nor nobody is an account of this machine`)
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

/** Says whether every user may enter all folders above `path`, and `path` itself when it is a folder. */
function isOpenToEveryone(path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

/** The folder for temporary files, one that a {@link serverUser} can enter too. */
export function temporaryRoot(): string {
  const usual = tmpdir()
  return process.getuid?.() === 0 && !isOpenToEveryone(usual) ? '/tmp' : usual
}

const gibibyte = 2 ** 30

/**
 * Where the data of the test servers go: memory when there is plenty of it, else {@link temporaryRoot}.
 *
 * PostgreSQL creates 300 files for each database: 12–20 ms in memory, 110–380 ms on the disk where it was measured.
 * A container's /dev/shm may have 64 MB only, and what it holds counts as the container's memory: both are looked at.
 * `TMPDIR` is honoured when it is set.
 */
export function dataRoot(): string {
  const memory = '/dev/shm'
  if (process.env['TMPDIR'] || !existsSync(memory) || !isOpenToEveryone(memory)) return temporaryRoot()
  const { bavail, bsize } = statfsSync(memory)
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  const isRoomy = bavail * bsize >= 2 * gibibyte && Math.min(freemem(), limit) >= 6 * gibibyte
  return isRoomy ? memory : temporaryRoot()
}

/**
 * The folder `bin` of an installation where `user` can execute it: the original, or a copy when the original is below
 * a private folder, as in a checkout in root's home.
 *
 * @param makeFolder - Called when a copy is needed: makes the folder for it.
 */
export function reachableBin(bin: string, user: SystemUser | undefined, makeFolder: () => string): string {
  if (user === undefined || isOpenToEveryone(bin)) return bin
  const copy = join(makeFolder(), 'installation')
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, basename(bin))
}

import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Sequelize } from 'sequelize'

const run = promisify(execFile)
/** Of a schema, without rows. */
const LARGEST_SCHEMA = 256 * 2 ** 20

/** The statements of a section of the database, as it is in a snapshot. */
export type Dump = (section: string, snapshot: string) => Promise<string>

const FOLDERS = '/usr/lib/postgresql'

const candidates = async (): Promise<readonly string[]> => {
  const versions = await readdir(FOLDERS).catch(() => [])
  const newest = [...versions].sort((one, other) => Number(other) - Number(one))
  return ['pg_dump', ...newest.map((version) => join(FOLDERS, version, 'bin', 'pg_dump'))]
}

/**
 * A pg_dump that can read the server, if there is one.
 *
 * @param reader - Connected to it.
 * @param source - Whose host, user and password are meant.
 */
export const findDump = async (reader: Sequelize, source: Sequelize): Promise<Dump | undefined> => {
  const rows = await reader.query('SHOW server_version_num', { raw: true, type: 'SELECT' as never })
  const server = Math.floor(
    Number((rows as unknown as readonly { server_version_num: string }[])[0]?.server_version_num) / 10_000,
  )
  for (const program of await candidates()) {
    const said = await run(program, ['--version']).catch(() => undefined)
    const version = Number(/(\d+)/u.exec(said?.stdout.replace(/^[^)]*\)/u, '') ?? '')?.[1])
    if (version >= server) return dumpBy(program, reader, source)
  }
  return undefined
}

const dumpBy =
  (program: string, reader: Sequelize, source: Sequelize): Dump =>
  async (section, snapshot) => {
    const { config } = reader as unknown as { readonly config: Readonly<Record<string, unknown>> }
    const { dialectOptions } = (
      source as unknown as { readonly options: { readonly dialectOptions?: { readonly ssl?: unknown } } }
    ).options
    const folder = await mkdtemp(join(tmpdir(), 'sm2kit-dump-'))
    try {
      // Never in an argument, which other users see, nor in the environment.
      const passfile = join(folder, 'pgpass')
      const password = String(config['password'] ?? '').replace(/[\\:]/gu, '\\$&')
      await writeFile(passfile, `*:*:*:*:${password}\n`, { mode: 0o600 })
      const parts = {
        host: config['host'],
        port: config['port'],
        user: config['username'],
        dbname: config['database'],
        passfile,
        sslmode: dialectOptions?.ssl ? 'require' : undefined,
      }
      const connection = Object.entries(parts)
        .filter(([, value]) => value !== undefined && value !== null && value !== '')
        .map(([key, value]) => `${key}='${String(value).replace(/[\\']/gu, '\\$&')}'`)
        .join(' ')
      const { stdout } = await run(
        program,
        [
          ...[
            '--schema-only',
            `--section=${section}`,
            `--snapshot=${snapshot}`,
            '--no-owner',
            '--no-privileges',
          ],
          ...['--no-publications', '--no-subscriptions', '--no-password', `--dbname=${connection}`],
        ],
        { maxBuffer: LARGEST_SCHEMA },
      )
      return forAnyClient(stdout)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }

/** Without what only psql reads, and what an older server does not know. */
const forAnyClient = (sql: string): string =>
  sql
    .split('\n')
    .filter((line) => !/^\\(?:un)?restrict\b/u.test(line) && !/^SET transaction_timeout = /u.test(line))
    .join('\n')

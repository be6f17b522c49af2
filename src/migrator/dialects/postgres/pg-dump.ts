import type { Sequelize } from 'sequelize'
import { runTool } from '../client-tool.js'
import { clientWords, fitFor, programsOf } from './client-programs.js'

/** The statements of a section of the database, as it is in a snapshot. */
export type Dump = (section: string, snapshot: string) => Promise<string>

/**
 * A pg_dump that can read the server, if there is one.
 *
 * @param reader - Connected to it.
 * @param source - Whose way to connect is meant.
 */
export const findDump = async (reader: Sequelize, source: Sequelize): Promise<Dump | undefined> => {
  const rows = await reader.query('SHOW server_version_num', { raw: true, type: 'SELECT' as never })
  const server = Math.floor(
    Number((rows as unknown as readonly { server_version_num: string }[])[0]?.server_version_num) / 10_000,
  )
  const tool = fitFor(server, await programsOf())
  return tool === undefined ? undefined : dumpBy(tool('pg_dump'), reader, source)
}

const dumpBy = (tool: string, reader: Sequelize, source: Sequelize): Dump => {
  const { dialectOptions } = (
    source as unknown as { readonly options: { readonly dialectOptions?: { readonly ssl?: unknown } } }
  ).options
  const words = { sslmode: dialectOptions?.ssl ? 'require' : undefined }
  const { connection, secret } = clientWords({ sequelize: reader }, words)
  return async (section, snapshot) => {
    const { code, output, said } = await runTool({
      tool,
      args: [
        ...[
          '--schema-only',
          `--section=${section}`,
          `--snapshot=${snapshot}`,
          '--no-owner',
          '--no-privileges',
        ],
        ...['--no-publications', '--no-subscriptions', '--no-password', `--dbname=${connection}`],
      ],
      ...secret,
    })
    if (code !== 0) throw new Error(`pg_dump: ${said}`)
    return forAnyClient(output)
  }
}

/** Without what only psql reads, and what an older server does not know. */
const forAnyClient = (sql: string): string =>
  sql
    .split('\n')
    .filter((line) => !/^\\(?:un)?restrict\b/u.test(line) && !/^SET transaction_timeout = /u.test(line))
    .join('\n')

import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { BackupRequest, DatabaseBackup } from '../../dialect-backup.js'
import type { OwnedSession } from '../../dialect-session.js'
import { MigratorError } from '../../errors.js'
import { nowhere, runTool, type ToolCall, versionOf } from '../client-tool.js'
import { backupFailed, connectionOf } from '../servers/backup.js'

type Version = readonly [major: number, minor: number]

/** The programs of the server's kind, and the database. */
interface Client {
  readonly dump: string
  readonly dumpArgs: readonly string[]
  readonly client: string
  readonly args: readonly string[]
  readonly database: string
  readonly secret: Pick<ToolCall, 'secret'>
}

const LAST_LINE = /^-- Dump completed[^\n]*\n?$/mu
const FIRST_LINE = /^(?:\/\*M?!999999[^\n]*\n)?-- (?:MariaDB|MySQL) dump /u

/** MariaDB and MySQL: a script of statements, as their own program writes it in one transaction, and their client reads it. */
export const mariadbBackup: DatabaseBackup = {
  extension: '.sql',

  save: (request) =>
    // The transaction shows one moment of the rows; of the tables it does where nobody alters them.
    request.underLock(async () => {
      const client = await clientFor(request)
      const { code, said } = await runTool({
        tool: client.dump,
        args: [
          ...client.args,
          ...['--single-transaction', '--quick', '--routines', '--events', '--triggers', '--hex-blob'],
          ...['--no-tablespaces', ...client.dumpArgs, client.database],
        ],
        output: createWriteStream(request.file, { flags: 'r+' }),
        ...client.secret,
      })
      if (code !== 0) throw backupFailed(request, `${client.dump}: ${said}`)
      if (!(await isWhole(request.file))) throw backupFailed(request, 'its last line is missing')
      return { brokenKeys: 0 }
    }),

  async restore(request) {
    if (!(await isWhole(request.file)))
      throw new MigratorError(
        'NOT_A_BACKUP',
        `"${request.label}" cannot be restored: it is not, or not all of, what mariadb-dump or mysqldump writes. The database is ` +
          'as it was. Name a file that `backup` has written.',
        { subject: request.label },
      )
    await request.underLock(async () => {
      const client = await clientFor(request)
      const drops = await dropsFor(request)
      const { code, said } = await runTool({
        tool: client.client,
        args: [...client.args, '--batch', client.database],
        input: script(drops, request.file),
        output: nowhere(),
        ...client.secret,
      })
      if (code !== 0)
        throw new MigratorError(
          'RESTORE_FAILED',
          `"${request.label}" could not be restored: ${client.client}: ${request.redact(said)}. The database may hold a part of it ` +
            'by now. Mend the cause, and restore it again.',
          { subject: request.label },
        )
    })
  },
}

async function* script(drops: readonly string[], file: string): AsyncGenerator<string | Uint8Array> {
  yield `SET FOREIGN_KEY_CHECKS = 0;\n${drops.map((drop) => `${drop};\n`).join('')}`
  yield* createReadStream(file) as AsyncIterable<Uint8Array>
}

/** What was made since the backup goes too: it would be in the way when its revision runs again. */
const dropsFor = async ({ open: openSession }: BackupRequest): Promise<readonly string[]> => {
  const session = await openSession()
  try {
    const rows = await session.select<{ kind: string; name: string }>(
      `SELECT CASE TABLE_TYPE WHEN 'VIEW' THEN 'VIEW' WHEN 'SEQUENCE' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, TABLE_NAME AS name
         FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()
       UNION ALL SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES
         WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE IN ('PROCEDURE', 'FUNCTION')
       UNION ALL SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE EVENT_SCHEMA = DATABASE()`,
    )
    return rows.map(({ kind, name }) => `DROP ${kind} IF EXISTS \`${String(name).replaceAll('`', '``')}\``)
  } finally {
    await session.close()
  }
}

const TAIL_BYTES = 200

/** Whether the file begins and ends as the program begins and ends its scripts. */
const isWhole = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const textAt = async (position: number): Promise<string> => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, position)
      return buffer.toString('latin1', 0, bytesRead)
    }
    return FIRST_LINE.test(await textAt(0)) && LAST_LINE.test(await textAt(Math.max(0, size - TAIL_BYTES)))
  } finally {
    await file.close()
  }
}

const clientFor = async ({ open: openSession }: BackupRequest): Promise<Client> => {
  const session = await openSession()
  try {
    const [row] = await session.select<{ version: string }>('SELECT VERSION() AS version')
    const said = String(row?.version)
    const isMariadb = /mariadb/iu.test(said)
    const server = versionIn(said, /(\d+)\.(\d+)/u) ?? [0, 0]
    const [dump, client] = isMariadb ? ['mariadb-dump', 'mariadb'] : ['mysqldump', 'mysql']
    const found = versionIn(
      (await versionOf(dump)) ?? '',
      isMariadb ? /(\d+)\.(\d+)\.\d+-MariaDB/u : /Ver (\d+)\.(\d+)\.\d+ for/u,
    )
    if (found === undefined || found[0] < server[0] || (found[0] === server[0] && found[1] < server[1]))
      throw noTool(isMariadb ? 'MariaDB' : 'MySQL', dump, server, found)
    // What MySQL's own program asks for by default needs rights that few accounts have, and writes what no restore needs.
    const dumpArgs = isMariadb ? [] : ['--set-gtid-purged=OFF', '--column-statistics=0']
    return { dump, client, dumpArgs, ...wordsFor(session) }
  } finally {
    await session.close()
  }
}

const versionIn = (text: string, pattern: RegExp): Version | undefined => {
  const [, major, minor] = pattern.exec(text) ?? []
  return major === undefined ? undefined : [Number(major), Number(minor)]
}

const noTool = (engine: string, tool: string, server: Version, found: Version | undefined): MigratorError => {
  const state = found === undefined ? 'none was found' : `the one in PATH is of version ${found.join('.')}`
  return new MigratorError(
    'NO_BACKUP_TOOL',
    `The server is ${engine} ${server.join('.')}, and ${tool} must be of that version or a later one; ${state}. Nothing was run. ` +
      `Install ${engine}'s client programs (Debian and Ubuntu: ${engine === 'MariaDB' ? 'mariadb-client' : 'mysql-client'}), or put the folder that has them into PATH.`,
    { subject: tool },
  )
}

const wordsFor = (session: OwnedSession): Pick<Client, 'args' | 'database' | 'secret'> => {
  const { host, port, database = '', username, secretIn } = connectionOf(session)
  const { options } = session.sequelize as unknown as {
    readonly options: { readonly dialectOptions?: { readonly socketPath?: string } }
  }
  const socket = options.dialectOptions?.socketPath
  const args = [
    // For "localhost" the programs would take a socket, where the driver takes the port.
    ...(socket === undefined
      ? ['--protocol=TCP', `--host=${host}`, `--port=${port || 3306}`]
      : [`--socket=${socket}`]),
    ...(username === undefined || username === '' ? [] : [`--user=${username}`]),
    '--default-character-set=utf8mb4',
  ]
  return { args, database, secret: secretIn('MYSQL_PWD') }
}

import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import type { BackupRequest, DatabaseBackup } from '../../dialect-backup.js'
import { MigratorError } from '../../errors.js'
import { nowhere, runTool } from '../client-tool.js'
import { backupFailed } from '../servers/backup.js'
import {
  type ClientWords,
  clientWords,
  fitFor,
  type Programs,
  programsOf,
  type ToolName,
} from './client-programs.js'

/** Where to find PostgreSQL's programs, and the database. */
interface Client extends ClientWords {
  tool(name: ToolName): string
}

/** PostgreSQL: `pg_dump` in its own format; brought back by `pg_restore` and `psql`, in one transaction. */
export const postgresBackup: DatabaseBackup = {
  extension: '.dump',

  async save(request) {
    const client = await clientFor(request)
    const waitMs = Math.max(1, Math.ceil(request.deadline.remainingMs()))
    const { code, said } = await runTool({
      tool: client.tool('pg_dump'),
      args: [
        '--format=custom',
        '--no-password',
        `--lock-wait-timeout=${waitMs}`,
        `--dbname=${client.connection}`,
      ],
      output: createWriteStream(request.file, { flags: 'r+' }),
      ...client.secret,
    })
    if (code !== 0) throw backupFailed(request, `pg_dump: ${said}`)
    const fault = await faultOf(client, request.file)
    if (fault !== undefined) throw backupFailed(request, `what pg_dump has written is not whole: ${fault}`)
    return { brokenKeys: 0 }
  },

  async restore(request) {
    const client = await clientFor(request)
    const fault = (await isArchive(request.file))
      ? await faultOf(client, request.file)
      : 'it is no archive of pg_dump'
    if (fault !== undefined)
      throw new MigratorError(
        'NOT_A_BACKUP',
        `"${request.label}" cannot be restored: ${request.redact(fault)}. The database is as it was. Name a file that \`backup\` has written.`,
        { subject: request.label },
      )
    await request.underLock(async () => {
      const { code, said } = await runTool({
        tool: client.tool('psql'),
        args: [
          ...['--no-psqlrc', '--quiet', '--no-password', '--set=ON_ERROR_STOP=1'],
          `--dbname=${client.connection}`,
        ],
        input: script(client, request.file),
        output: nowhere(),
        ...client.secret,
      })
      if (code !== 0)
        throw new MigratorError(
          'RESTORE_FAILED',
          `"${request.label}" could not be restored: psql: ${request.redact(said)}. The database is as it was.`,
          { subject: request.label },
        )
    })
  },
}

/**
 * Everything as one transaction. It is committed by the last line, which is only sent when everything before it was: where
 * this process dies, psql reads an end, and the server takes the transaction back.
 */
async function* script(client: Client, file: string): AsyncGenerator<string | Uint8Array> {
  yield `BEGIN;\nSET LOCAL client_min_messages = warning;\n${DROP_EVERYTHING}\n`
  const sql = new PassThrough()
  const running = runTool({
    tool: client.tool('pg_restore'),
    args: ['--clean', '--if-exists', '--file=-', file],
    output: sql,
  })
  running.catch(() => {})
  yield* sql as AsyncIterable<Uint8Array>
  const { code, said } = await running
  if (code !== 0) throw new Error(`pg_restore: ${said}`)
  yield '\nCOMMIT;\n'
}

/**
 * What was made since the backup goes too: it would be in the way when its revision runs again. What an extension owns stays,
 * and so does the schema that it is in.
 */
const DROP_EVERYTHING = `DO $sm2kit$
DECLARE one record;
BEGIN
  FOR one IN
    SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
      WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, c.relname) AS sql
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
  LOOP EXECUTE one.sql; END LOOP;
  FOR one IN
    SELECT format('DROP ROUTINE IF EXISTS %I.%I(%s) CASCADE', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) AS sql
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
  LOOP EXECUTE one.sql; END LOOP;
  FOR one IN
    SELECT format('DROP TYPE IF EXISTS %I.%I CASCADE', n.nspname, t.typname) AS sql
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  LOOP EXECUTE one.sql; END LOOP;
  FOR one IN
    SELECT format('DROP SCHEMA IF EXISTS %I CASCADE', n.nspname) AS sql FROM pg_catalog.pg_namespace n
    WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_extension e WHERE e.extnamespace = n.oid)
      AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_namespace'::regclass AND d.objid = n.oid AND d.deptype = 'e')
  LOOP EXECUTE one.sql; END LOOP;
END $sm2kit$;`

const isArchive = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(5), 0, 5, 0)
    return buffer.toString('latin1', 0, bytesRead) === 'PGDMP'
  } finally {
    await file.close()
  }
}

/** What is wrong with an archive, read to its end; undefined when it is whole. */
const faultOf = async (client: Client, file: string): Promise<string | undefined> => {
  const { code, said } = await runTool({
    tool: client.tool('pg_restore'),
    args: ['--file=-', file],
    output: nowhere(),
  })
  return code === 0 ? undefined : said.split(file).join('the file')
}

/** The programs of the server's version, or of the next one that is there. */
const clientFor = async ({ open: openSession }: BackupRequest): Promise<Client> => {
  const session = await openSession()
  try {
    const [row] = await session.select<{ version: string }>(
      "SELECT current_setting('server_version_num') AS version",
    )
    const server = Math.floor(Number(row?.version) / 10_000)
    const found = await programsOf()
    const tool = fitFor(server, found)
    if (tool === undefined) throw noTool(server, found)
    return {
      tool,
      ...clientWords(session),
    }
  } finally {
    await session.close()
  }
}

const noTool = (server: number, found: readonly Programs[]): MigratorError => {
  const newest = Math.max(0, ...found.map(({ major }) => major))
  const state = newest === 0 ? 'none was found' : `the newest that was found is of version ${newest}`
  return new MigratorError(
    'NO_BACKUP_TOOL',
    `The server is PostgreSQL ${server}, and pg_dump must be of that version or a later one; ${state}. Nothing was run. ` +
      `Install PostgreSQL's client programs (Debian and Ubuntu: postgresql-client-${server}; Homebrew: libpq), or put the folder that has them into PATH.`,
    { subject: 'pg_dump' },
  )
}

import { stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve, sep } from 'node:path'
import { randomBytes } from '../crypto.js'
import { LockNotTaken } from '../dialect.js'
import type { BackupRequest, DatabaseBackup } from '../dialect-backup.js'
import { labelOf } from '../directory/folder.js'
import { writePrivately } from '../directory/private-file.js'
import { MigratorError, type MigratorErrorCode, messageOf } from '../errors.js'
import { databaseError } from '../runtime/database-error.js'
import { redact, redactCause } from '../runtime/redact.js'
import { openOwnedSession } from '../runtime/shadow-session.js'
import { type CommandContext, runWriting } from './context.js'
import { refuseUnknownOptions } from './target.js'

/** Where `backup` writes. */
export interface BackupOptions {
  /**
   * A folder, where the file gets a name of its own, or a file. A path whose last part has a dot is that of a file, unless it is
   * a folder already. A relative one counts from the working folder. Default `backups`.
   */
  readonly to?: string
}

/** A backup that was made. */
export interface BackupReport {
  /** Absolute path of the file. */
  readonly path: string
  /** Size of the file. */
  readonly bytes: number
  /** Wall time in milliseconds. */
  readonly durationMs: number
  /** It was read again, all of it, and is whole. A backup that is not is never kept. */
  readonly verified: boolean
  /** Rows whose foreign key refers to nothing, in the database as in its copy, where the engine lets such rows be. */
  readonly brokenKeys: number
}

/** A backup that was brought back. */
export interface RestoreReport {
  /** Absolute path of the file. */
  readonly path: string
  /** Wall time in milliseconds. */
  readonly durationMs: number
}

/** `migrator.backup()`: the whole database, as it is at one moment, in a file. */
export const backup = async (context: CommandContext, options: BackupOptions = {}): Promise<BackupReport> => {
  refuseUnknownOptions('backup', options, ['to'])
  const { to = 'backups' } = options
  if (typeof to !== 'string' || to === '')
    throw new MigratorError(
      'INVALID_OPTION',
      'backup(): "to" must be the path of a folder or a file. Nothing was written.',
      { subject: 'to' },
    )
  const startedAt = performance.now()
  const means = await meansOf(context)
  const path = await pathOf(to, means.extension)
  const label = shownPath(path)
  const { bytes, value } = await writePrivately(path, async (file) => {
    try {
      return await means.save(requestFor(context, file, label))
    } catch (error) {
      throw failed(context, error, 'BACKUP_FAILED', file, label)
    }
  }).catch((error: unknown) => {
    throw unwritten(error, label)
  })
  const durationMs = performance.now() - startedAt
  context.config.logger.info({ event: 'backed-up', path: label, bytes, durationMs })
  return { path, bytes, durationMs, verified: true, brokenKeys: value.brokenKeys }
}

/** `migrator.restore()`: the database is what the file holds, afterwards. */
export const restore = (context: CommandContext, path: string): Promise<RestoreReport> =>
  runWriting(context, async () => {
    if (typeof path !== 'string' || path === '')
      throw new MigratorError(
        'INVALID_OPTION',
        'restore() takes the path of a backup. Nothing was changed.',
        { subject: 'path' },
      )
    const startedAt = performance.now()
    const means = await meansOf(context)
    const file = resolve(path)
    const label = shownPath(file)
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => false,
    )
    if (!isFile)
      throw new MigratorError(
        'NOT_A_BACKUP',
        `There is no file "${label}" to restore. The database is as it was. Name a file that \`backup\` has written.`,
        { subject: label },
      )
    try {
      await means.restore(requestFor(context, file, label))
    } catch (error) {
      throw failed(context, error, 'RESTORE_FAILED', file, label)
    } finally {
      context.table.forget()
    }
    const durationMs = performance.now() - startedAt
    context.config.logger.info({ event: 'restored', path: label, durationMs })
    return { path: file, durationMs }
  })

/** How a path is shown: as seen from the working folder, or by its last part outside of it. */
export const shownPath = (path: string): string => labelOf(path)

const meansOf = async ({ table: { dialect } }: CommandContext): Promise<DatabaseBackup> => {
  if (dialect.backup !== undefined) return dialect.backup()
  throw new MigratorError(
    'NOT_AVAILABLE',
    `${dialect.label} databases cannot be backed up by this version of sm2kit. Nothing was run.`,
  )
}

const requestFor = (
  { config, table, runner }: CommandContext,
  file: string,
  label: string,
): BackupRequest => ({
  file,
  label,
  deadline: runner.sessions.deadline(),
  open: () => openOwnedSession(config.sequelize, table.dialect.capabilities.pooled),
  underLock: (use) => runner.sessions.locked(use),
  redact: (text) => redact(text, config.sequelize),
})

const pathOf = async (to: string, extension: string): Promise<string> => {
  const path = resolve(to)
  const found = await stat(path).catch(() => undefined)
  const isFolder = found?.isDirectory() ?? (/[/\\]$/u.test(to) || extname(path) === '')
  if (!isFolder) return path
  const at = new Date()
    .toISOString()
    .replace(/[-:]|\.\d+Z$/gu, '')
    .replace('T', '-')
  return join(path, `sm2kit-${at}-${randomBytes(4).toString('hex')}${extension}`)
}

/** An error of the engine while it copied. Errors of drivers name files by their absolute paths. */
const failed = (
  { config, table }: CommandContext,
  error: unknown,
  code: MigratorErrorCode,
  file: string,
  label: string,
): MigratorError => {
  if (error instanceof MigratorError) return error
  const { sequelize, lockTimeoutMs } = config
  const known = table.dialect.classify(error)
  if (error instanceof LockNotTaken || (known !== undefined && known !== 'MISSING_TABLE'))
    return databaseError(error, sequelize, table.dialect, lockTimeoutMs)
  const said = redact(messageOf(error), sequelize)
    .split(dirname(file) + sep)
    .join('')
    .split(basename(file))
    .join(basename(label))
  return new MigratorError(
    code,
    code === 'BACKUP_FAILED'
      ? `The backup "${label}" could not be made: ${said}. No backup was kept; the database is as it was.`
      : `"${label}" could not be restored: ${said}.`,
    { cause: redactCause(error, sequelize), subject: label },
  )
}

/** An error of the file system. */
const unwritten = (error: unknown, label: string): unknown => {
  if (error instanceof MigratorError || !(error instanceof Error) || !('code' in error)) return error
  if (error.code === 'EEXIST')
    return new MigratorError(
      'FILE_EXISTS',
      `There is a file "${label}" already. Nothing was written. Name another file, or a folder.`,
      { cause: error, subject: label },
    )
  return new MigratorError(
    'FOLDER_NOT_WRITABLE',
    `The backup "${label}" cannot be written (${String(error.code)}). No backup was kept. Correct the folder's rights, or name another one.`,
    { cause: error, subject: label },
  )
}

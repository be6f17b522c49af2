import { type Copying, CopyRefused, type DatabaseCopy } from '../dialect-copy.js'
import { MigratorError } from '../errors.js'
import type { Target } from '../revisions/graph-types.js'
import { databaseError } from '../runtime/database-error.js'
import { redact } from '../runtime/redact.js'
import type { CommandContext } from './context.js'
import { makeContext } from './make-context.js'
import type { Rehearsal, RehearseOptions } from './rehearsal.js'
import { rehearseOn } from './rehearse-steps.js'
import { refuseUnknownOptions } from './target.js'

const silent = (): void => {}

/** `migrator.rehearse()`: an upgrade and its way back, on a copy. */
export const rehearse = async (
  context: CommandContext,
  target: Target,
  options: RehearseOptions = {},
): Promise<Rehearsal> => {
  const startedAt = performance.now()
  const { rows, keep, signal } = checked(options)
  const checkpoint = (): void => signal?.throwIfAborted()
  checkpoint()
  const { table, config } = context
  const copying = await copyingOf(context)
  const copy = await copying
    .copy({ source: config.sequelize, rows, keep, checkpoint })
    .catch((error: unknown) => {
      throw copyError(error, context, signal)
    })
  const copyMs = performance.now() - startedAt
  let isKept = false
  try {
    const result = await rehearseOn(contextOf(context, copy), {
      source: config.sequelize,
      copying,
      target,
      checkpoint,
    })
    const notCopied = copy.lacks.map((message) => ({ kind: 'not-copied' as const, revision: null, message }))
    if (keep) {
      isKept = true
      await copy.close()
    }
    return {
      ...result,
      notes: [...notCopied, ...result.notes],
      copy: keep ? copy.place : null,
      copyMs,
      durationMs: performance.now() - startedAt,
    }
  } catch (error) {
    throw signal?.aborted === true
      ? error
      : databaseError(error, copy.sequelize, table.dialect, config.lockTimeoutMs)
  } finally {
    // Whatever has failed before says more than a copy that cannot be dropped, which the next rehearsal removes.
    if (!isKept) await copy.drop().catch(() => {})
  }
}

const checked = (options: RehearseOptions) => {
  refuseUnknownOptions('rehearse', options, ['rows', 'keep', 'signal'])
  const { rows = 'all', keep = false, signal } = options
  const refuse = (subject: string, what: string): MigratorError =>
    new MigratorError('INVALID_OPTION', `rehearse(): "${subject}" must be ${what}. Nothing was run.`, {
      subject,
    })
  if (rows !== 'all' && !(Number.isSafeInteger(rows) && rows >= 0))
    throw refuse('rows', 'a number of rows, or "all"')
  if (typeof keep !== 'boolean') throw refuse('keep', 'true or false')
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function')
    throw refuse('signal', 'an AbortSignal')
  return { rows, keep, signal }
}

const copyingOf = async ({ table: { dialect } }: CommandContext): Promise<Copying> => {
  const copying = await dialect.copying?.()
  if (copying !== undefined) return copying
  throw new MigratorError(
    'NOT_AVAILABLE',
    `A database of ${dialect.label} cannot be copied for a rehearsal yet. Nothing was run.`,
  )
}

const copyError = (
  error: unknown,
  { table, config }: CommandContext,
  signal: AbortSignal | undefined,
): unknown => {
  if (signal?.aborted === true) return error
  if (!(error instanceof CopyRefused)) return databaseError(error, config.sequelize, table.dialect, 0)
  return new MigratorError(
    'COPY_NOT_POSSIBLE',
    `A rehearsal takes a copy of the database, and ${redact(error.fault, config.sequelize)}. Nothing was run. It takes ${error.remedy}.`,
    error.cause === undefined ? {} : { cause: error.cause },
  )
}

/** The parts of a migrator of the copy, with the host's revisions and models. Its steps are none of the host's events. */
const contextOf = ({ config }: CommandContext, { sequelize }: DatabaseCopy): CommandContext => {
  const models = config.models ?? config.sequelize.models
  return makeContext({
    ...config,
    sequelize,
    // Each step is looked at by itself.
    transaction: 'step',
    logger: { info: silent, warn: silent, error: silent, debug: silent },
    ...(Object.keys(models).length === 0 ? {} : { models }),
  })
}

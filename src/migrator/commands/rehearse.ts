import type { CopyProgress } from '../dialect-copy.js'
import { MigratorError } from '../errors.js'
import type { Target } from '../revisions/graph-types.js'
import { databaseError } from '../runtime/database-error.js'
import type { CommandContext } from './context.js'
import { copyError, copyingOf, quietContextOn } from './copy-context.js'
import type { Rehearsal, RehearseOptions } from './rehearsal.js'
import { rehearseOn } from './rehearse-steps.js'
import { refuseUnknownOptions } from './target.js'

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
  const copying = await copyingOf(context, 'a rehearsal')
  let totalBytes = 0
  const progress = (copied: CopyProgress): Promise<void> => {
    ;({ totalBytes } = copied)
    return context.events.copying({ ...copied, elapsedMs: Math.round(performance.now() - startedAt) })
  }
  const copy = await copying
    .copy({ source: config.sequelize, rows, keep, checkpoint, progress })
    .catch((error: unknown) => {
      throw signal?.aborted === true
        ? error
        : copyError(error, context, 'A rehearsal takes a copy of the database')
    })
  const copyMs = performance.now() - startedAt
  let isKept = false
  try {
    await progress({ bytes: totalBytes, totalBytes })
    const result = await rehearseOn(quietContextOn(context, copy.sequelize), {
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

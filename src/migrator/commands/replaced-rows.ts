import type { Session } from '../dialect.js'
import { partlyApplied } from '../revisions/replaced.js'
import type { CommandContext } from './context.js'
import { type MigrationState, readState } from './state.js'

/** Throws `PARTLY_APPLIED` where a part of a replaced range is recorded. */
export const refusePartly = ({ partly }: Pick<MigrationState, 'partly'>): void => {
  const [part] = partly
  if (part !== undefined) throw partlyApplied(part)
}

/**
 * Records what replaces others in their place, where all of them are applied; in one transaction, under the lock.
 *
 * @param state - As it was read; nothing is sent where it has nothing to replace.
 * @returns The state afterwards.
 */
export const replaceRows = async (
  context: CommandContext,
  state: MigrationState,
): Promise<MigrationState> => {
  if (state.toReplace.length === 0) return state
  await context.runner.sessions.write(async (session) => void (await replaceRowsIn(context, session)))
  return readState(context)
}

/** As {@link replaceRows}, in a session that holds the lock; by what is recorded there. */
export const replaceRowsIn = async (context: CommandContext, session: Session): Promise<MigrationState> => {
  const { table, config } = context
  const state = await readState(context, session)
  if (state.toReplace.length === 0) return state
  for (const { revision, replaces } of state.toReplace) {
    const row = state.rows.get(revision)
    if (row === undefined) continue
    for (const id of [...replaces, revision]) await table.delete(session, id)
    await session.run(table.insertSql(row, table.dialect.instant.literal(row.appliedAt), row.appliedBy))
    config.logger.info({ event: 'replaced', name: row.name, revision, replaces })
  }
  return readState(context, session)
}

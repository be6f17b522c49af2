import type { Sequelize } from 'sequelize'
import type { OwnedSession } from '../dialect-session.js'
import { PinnedSession } from './session.js'

/**
 * A pinned connection that is closed, never given back: settings of the shadow's do not get to the host.
 *
 * @param pooled - Whether the engine's connections come from a pool.
 */
export const openOwnedSession = async (sequelize: Sequelize, pooled: boolean): Promise<OwnedSession> => {
  const session = await PinnedSession.open(sequelize)
  return {
    sequelize: session.sequelize,
    transaction: session.transaction,
    connection: session.connection,
    run: (sql) => session.run(sql),
    select: (sql) => session.select(sql),
    close: () => session.destroy(pooled),
  }
}

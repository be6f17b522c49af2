import type { Sequelize } from 'sequelize'
import { connect } from './connect.js'

/** Never connected to: they only say which engine. */
const NOWHERE = [
  'sqlite::memory:',
  'postgres://nowhere/none',
  'mysql://nowhere/none',
  'mariadb://nowhere/none',
]

/**
 * An instance of whichever engine has its driver installed, to write files with; none when no driver or no Sequelize is.
 *
 * @param folders - Absolute; where the host's packages are looked for.
 */
export const anyInstance = (folders: readonly string[]): Sequelize | undefined => {
  for (const url of NOWHERE) {
    try {
      return connect(url, 'the first revision', folders)
    } catch {
      // The next engine's driver may be there.
    }
  }
  return undefined
}

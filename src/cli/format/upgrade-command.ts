import type { RevisionInfo } from '../../migrator/index.js'

/** The command that applies all that is pending; `head` would be refused where the host's line has several. */
export const upgradeCommand = (all: readonly RevisionInfo[]): string =>
  all.filter((info) => info.isHead && !info.isShipped).length > 1
    ? 'sm2kit upgrade heads'
    : 'sm2kit upgrade head'

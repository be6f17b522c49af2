import { RevisionError } from '../errors.js'
import type { Target } from '../revisions/graph-types.js'
import type { Catalog } from './catalog.js'
import type { CommandContext } from './context.js'
import { checkedMessage, newId, newLabels } from './new-revision.js'
import { refuseUnknownOptions, targetsOf } from './target.js'
import { type WrittenRevision, writeRevision } from './write-revision.js'

/** What {@link Migrator.merge} takes beside its heads. */
export interface MergeOptions {
  /** In a line for people. Default `merge` and the ids. */
  readonly message?: string | undefined
  /** Names for the line that begins here; new ones. */
  readonly branchLabel?: string | readonly string[] | undefined
  /** 1 to 64 characters without `@ - + :` and white space. Default: 12 random hexadecimal digits. */
  readonly id?: string | undefined
}

/** `migrator.merge()`: writes a revision that stands on several heads and does nothing itself. The database is not asked. */
export const merge = async (
  context: CommandContext,
  revisions: Target,
  options: MergeOptions = {},
): Promise<WrittenRevision> => {
  refuseUnknownOptions('merge', options, ['message', 'branchLabel', 'id'])
  const { message, branchLabel, id } = options
  const given = message === undefined ? undefined : checkedMessage(message)
  return writeRevision(context, {}, (catalog) => {
    const downRevision = catalog.graph.parentsFor(targetsOf(catalog, revisions))
    if (downRevision.length < 2) throw nothingToJoin(catalog, revisions, downRevision)
    return {
      revision: newId(catalog, id),
      message: given ?? `merge ${downRevision.join(', ')}`,
      downRevision,
      branchLabels: newLabels(catalog, branchLabel),
      up: 'nothing',
      down: 'nothing',
    }
  })
}

const nothingToJoin = ({ graph }: Catalog, revisions: Target, found: readonly string[]): RevisionError => {
  const heads = graph.heads().filter((id) => !graph.show(id).isShipped)
  const [only] = found
  return new RevisionError(
    'NOTHING_TO_MERGE',
    `A merge joins two heads or more; "${[revisions].flat().join(', ')}" is ${only === undefined ? 'none' : `one, ${only}`}. Nothing was written. ` +
      (heads.length < 2
        ? 'There are no heads to join.'
        : `The heads are ${heads.join(', ')}: name them, or say "heads".`),
    { revisions: found },
  )
}

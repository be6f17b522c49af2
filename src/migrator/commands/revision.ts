import { MigratorError } from '../errors.js'
import type { RevisionFormat } from '../render/revision-source.js'
import type { Target } from '../revisions/graph-types.js'
import type { CommandContext } from './context.js'
import {
  checkedFlag,
  checkedMessage,
  dependenciesOf,
  isFirstOfHost,
  newId,
  newLabels,
  shippedHeads,
} from './new-revision.js'
import { refuseUnknownOptions, targetsOf } from './target.js'
import { type WrittenRevision, writeRevision } from './write-revision.js'

/** What {@link Migrator.revision} takes; only `message` is required. */
export interface NewRevisionOptions {
  /** What it does, in a line for people; the file's name is made of it. May be empty. */
  readonly message: string
  /** Not there yet: `true` is refused. Default `false`: `up` and `down` are empty. */
  readonly autogenerate?: boolean | undefined
  /** What it stands on: a head, several (a merge), or `base` for a line of its own. Default `head`. */
  readonly head?: Target | undefined
  /** `true`: what it stands on may have a child already; the new one begins a branch there. Default `false`. */
  readonly splice?: boolean | undefined
  /** Names for the line that begins here; new ones. */
  readonly branchLabel?: string | readonly string[] | undefined
  /**
   * What must be applied before it, though it is not on its line: ids, starts of ids, names, labels. Default: none; for
   * the first revision of the host's the shipped tables.
   */
  readonly dependsOn?: string | readonly string[] | undefined
  /** 1 to 64 characters without `@ - + :` and white space. Default: 12 random hexadecimal digits. */
  readonly id?: string | undefined
  /** One of the folders of `migrations`. Default: the first. */
  readonly folder?: string | undefined
  /**
   * Default: that of the newest revision file in the folder; else `ts` when a `tsconfig.json` lies in the working folder
   * or above it, `js` when none does.
   */
  readonly format?: RevisionFormat | undefined
}

const NAMES: readonly (keyof NewRevisionOptions)[] = [
  ...(['message', 'autogenerate', 'head', 'splice', 'branchLabel', 'dependsOn'] as const),
  ...(['id', 'folder', 'format'] as const),
]

/** `migrator.revision()`: writes a revision file. The database is not asked. */
export const revision = async (
  context: CommandContext,
  options: NewRevisionOptions,
): Promise<WrittenRevision> => {
  refuseUnknownOptions('revision', options, NAMES)
  const { head = 'head', branchLabel, dependsOn, id, folder, format } = options
  const message = checkedMessage(options.message)
  const splice = checkedFlag('splice', options.splice)
  if (checkedFlag('autogenerate', options.autogenerate))
    throw new MigratorError(
      'NOT_AVAILABLE',
      'Revisions cannot be generated from the models yet. Nothing was written. Leave "autogenerate" out, and write `up` and `down`.',
      { subject: 'autogenerate' },
    )
  return writeRevision(context, { folder, format }, (catalog) => {
    const downRevision = catalog.graph.parentsFor(targetsOf(catalog, head), { splice })
    return {
      revision: newId(catalog, id),
      message,
      downRevision,
      branchLabels: newLabels(catalog, branchLabel),
      dependsOn:
        dependsOn === undefined
          ? isFirstOfHost(catalog)
            ? shippedHeads(catalog).filter((shipped) => !downRevision.includes(shipped))
            : []
          : dependenciesOf(catalog, dependsOn),
      up: 'empty',
      down: 'empty',
    }
  })
}

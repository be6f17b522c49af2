import { type AutogenerateOptions, autogenerateNames, parseAutogenerate } from '../config-autogenerate.js'
import type { RevisionFormat, RevisionSource } from '../render/revision-source.js'
import type { Target } from '../revisions/graph-types.js'
import type { Catalog } from './catalog.js'
import type { CommandContext } from './context.js'
import { type GeneratedRevision, generateRevision } from './generate.js'
import {
  checkedFlag,
  checkedMessage,
  dependenciesOf,
  invalidOption,
  isFirstOfHost,
  newId,
  newLabels,
  shippedHeads,
} from './new-revision.js'
import { refuseUnknownOptions, targetsOf } from './target.js'
import { type WrittenRevision, writeRevision } from './write-revision.js'

/** What {@link Migrator.revision} takes; only `message` is required. */
export interface NewRevisionOptions extends AutogenerateOptions {
  /** What it does, in a line for people; the file's name is made of it. May be empty. */
  readonly message: string
  /**
   * `true`: `up` and `down` are what makes the database what the models say, and what takes it back. Default `false`: they
   * are empty, and the database is not asked.
   */
  readonly autogenerate?: boolean | undefined
  /** With `autogenerate`: go on although the database lacks revisions of the files. Default `false`. */
  readonly allowPending?: boolean | undefined
  /**
   * With `autogenerate`: write nothing. `source`: the result has the text of the file. `sql`: it has the statements that `up`
   * would send to this database.
   */
  readonly preview?: 'source' | 'sql' | undefined
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

const GENERATION: readonly (keyof NewRevisionOptions)[] = ['allowPending', 'preview', ...autogenerateNames]

const NAMES: readonly (keyof NewRevisionOptions)[] = [
  ...(['message', 'autogenerate', 'head', 'splice', 'branchLabel', 'dependsOn'] as const),
  ...(['id', 'folder', 'format'] as const),
  ...GENERATION,
]

/** `migrator.revision()`: writes a revision file. The database is asked only where it is to be generated. */
export const revision = async (
  context: CommandContext,
  options: NewRevisionOptions,
): Promise<WrittenRevision | GeneratedRevision> => {
  refuseUnknownOptions('revision', options, NAMES)
  const { folder, format, preview } = options
  const draft = drafterOf(options)
  if (!checkedFlag('autogenerate', options.autogenerate)) {
    const idle = GENERATION.find((name) => options[name] !== undefined)
    if (idle !== undefined) throw invalidOption(idle, 'left out, or given with "autogenerate: true"')
    return writeRevision(context, { folder, format }, (catalog) => draft(catalog))
  }
  if (preview !== undefined && preview !== 'source' && preview !== 'sql')
    throw invalidOption('preview', '"source" or "sql"')
  const settings = parseAutogenerate(options, context.config.autogenerate)
  return generateRevision(context, {
    ...{ folder, format, preview, settings, draft },
    allowPending: checkedFlag('allowPending', options.allowPending),
  })
}

/** What is checked before the revisions are read, and what is left to do then. */
const drafterOf = (options: NewRevisionOptions): ((catalog: Catalog) => RevisionSource) => {
  const { head = 'head', branchLabel, dependsOn, id } = options
  const message = checkedMessage(options.message)
  const splice = checkedFlag('splice', options.splice)
  return (catalog) => {
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
  }
}

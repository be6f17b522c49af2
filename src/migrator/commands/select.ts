import { MigratorError, RevisionError } from '../errors.js'
import { describeRevision, type KnownRevision } from '../revisions/revision.js'
import type { Catalog } from './catalog.js'
import type { MigrationMeta } from './run-steps.js'
import type { MigrationState } from './state.js'

/** Umzug's options of `up`; at most one of them. Names are Umzug's names or revision ids. */
export interface UpOptions {
  /** Up to and including this one. */
  readonly to?: string
  /** So many, in order. */
  readonly step?: number
  /** These, in this order. */
  readonly migrations?: readonly string[]
}

/** Umzug's options of `down`; at most one of them. Without any, the last executed one is reverted. */
export interface DownOptions {
  /** Down to and *including* this one; `0`: all. */
  readonly to?: string | 0
  /** So many, the last executed first. */
  readonly step?: number
  /** These, in this order. */
  readonly migrations?: readonly string[]
}

/**
 * What `up` is to run.
 *
 * @throws MigratorError `UNKNOWN_OPTION`, `INVALID_OPTION`; RevisionError `UNKNOWN_REVISION`, `NOT_PENDING`.
 */
export const selectUp = (state: MigrationState, options: UpOptions): readonly KnownRevision[] => {
  checkOptions('up', options)
  const { to, step, migrations } = options
  if (migrations !== undefined) {
    return migrations.map((name) => {
      const revision = find(state, name)
      if (state.pending.includes(revision)) return revision
      throw new RevisionError(
        'NOT_PENDING',
        `Revision ${describeRevision(revision)} is applied already. Nothing was run. Leave it out of "migrations".`,
        { revisions: [revision.revision] },
      )
    })
  }
  if (step !== undefined) return state.pending.slice(0, step)
  if (to === undefined) return state.pending
  const target = find(state, to)
  const index = state.pending.indexOf(target)
  // Applied already: there is nothing to do to get there.
  return state.pending.slice(0, index + 1)
}

/**
 * What `down` is to revert, the last first.
 *
 * @param resumed - What was just reverted by going on with an interrupted step; counts as reverted by this command.
 * @throws MigratorError `UNKNOWN_OPTION`, `INVALID_OPTION`; RevisionError `UNKNOWN_REVISION`, `NOT_EXECUTED`.
 */
export const selectDown = (
  state: MigrationState,
  options: DownOptions,
  resumed: readonly MigrationMeta[],
): readonly KnownRevision[] => {
  checkOptions('down', options)
  const { to, step, migrations } = options
  const latestFirst = [...state.applied].reverse()
  const isResumed = (revision: KnownRevision): boolean => resumed.some(({ name }) => name === revision.name)
  if (migrations !== undefined) {
    const wanted = migrations.map((name) => find(state, name)).filter((revision) => !isResumed(revision))
    for (const revision of wanted) if (!state.applied.includes(revision)) throw notExecuted(revision)
    return wanted
  }
  if (to === 0) return latestFirst
  if (to === undefined) return latestFirst.slice(0, Math.max(0, (step ?? 1) - resumed.length))
  const target = find(state, to)
  if (isResumed(target)) return []
  const index = latestFirst.indexOf(target)
  if (index === -1) throw notExecuted(target)
  return latestFirst.slice(0, index + 1)
}

/** The revisions of the graph's steps, in their order. */
export const knownOf = (
  { byId }: Catalog,
  steps: readonly { readonly revision: string }[],
): readonly KnownRevision[] => steps.flatMap(({ revision }) => byId.get(revision) ?? [])

const notExecuted = (revision: KnownRevision): RevisionError =>
  new RevisionError(
    'NOT_EXECUTED',
    `Revision ${describeRevision(revision)} is not applied, so it cannot be reverted. Nothing was run.`,
    { revisions: [revision.revision] },
  )

/**
 * The revision of this name or id.
 *
 * @throws RevisionError `UNKNOWN_REVISION`
 */
export const find = ({ catalog }: MigrationState, reference: string): KnownRevision => {
  const found = catalog.find(reference)
  if (found !== undefined) return found
  const known = catalog.ordered.slice(-5).reverse().map(describeRevision)
  throw new RevisionError(
    'UNKNOWN_REVISION',
    `There is no revision "${reference}". Nothing was run. ` +
      (known.length === 0 ? 'There are no revisions at all.' : `The newest are ${known.join(', ')}.`),
    { revisions: [reference] },
  )
}

const checkOptions = (verb: 'up' | 'down', options: unknown): void => {
  if (typeof options !== 'object' || options === null)
    throw invalid(verb, 'options', 'an object: { to }, { step } or { migrations }')
  const { to, step, migrations, ...others } = options as Record<string, unknown>
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) {
    throw new MigratorError(
      'UNKNOWN_OPTION',
      `${verb}() has no option "${unknown}". Nothing was run. It takes "to", "step" or "migrations".`,
      { subject: unknown },
    )
  }
  if ([to, step, migrations].filter((value) => value !== undefined).length > 1) {
    throw invalid(verb, 'options', 'one of "to", "step" and "migrations", not several')
  }
  if (to !== undefined && (typeof to !== 'string' || to === '') && !(verb === 'down' && to === 0)) {
    throw invalid(verb, 'to', verb === 'down' ? 'a name, an id, or 0' : 'a name or an id')
  }
  if (step !== undefined && !(Number.isInteger(step) && (step as number) > 0)) {
    throw invalid(verb, 'step', 'a whole number above 0')
  }
  if (migrations !== undefined) {
    const isList = Array.isArray(migrations) && migrations.every((name) => typeof name === 'string')
    if (!isList || new Set(migrations).size < migrations.length)
      throw invalid(verb, 'migrations', 'a list of names or ids, each once')
  }
}

const invalid = (verb: string, name: string, wanted: string): MigratorError =>
  new MigratorError('INVALID_OPTION', `${verb}(): "${name}" must be ${wanted}. Nothing was run.`, {
    subject: name,
  })

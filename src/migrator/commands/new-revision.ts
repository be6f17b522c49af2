import { randomBytes } from '../crypto.js'
import { MigratorError, RevisionError } from '../errors.js'
import { checkRevisionId, RESERVED_NAMES } from '../revisions/revision.js'
import type { Catalog } from './catalog.js'
import { targetsOf } from './target.js'

/** The message, when it is a text. */
export const checkedMessage = (message: unknown): string => {
  if (typeof message === 'string') return message
  throw invalidOption('message', 'a text that says what the revision does')
}

/** A switch; off by default. */
export const checkedFlag = (name: string, value: unknown): boolean => {
  if (value === undefined) return false
  if (typeof value === 'boolean') return value
  throw invalidOption(name, 'true or false')
}

/**
 * An id that no revision has: the given one, or 12 random hexadecimal digits that begin no name and that no name begins,
 * so that no shortened name becomes ambiguous by it.
 *
 * @throws RevisionError `INVALID_REVISION`, `DUPLICATE_REVISION`
 */
export const newId = (catalog: Catalog, given: unknown): string => {
  if (given !== undefined) {
    const id = checkedName(given, 'The id of the new revision')
    refuseTaken(catalog, id, 'id')
    return id
  }
  const names = namesOf(catalog)
  for (;;) {
    const id = randomBytes(6).toString('hex')
    if (!names.some((name) => name.startsWith(id) || id.startsWith(name))) return id
  }
}

/**
 * Labels that nothing is called.
 *
 * @throws MigratorError `INVALID_OPTION`; RevisionError `INVALID_REVISION`, `DUPLICATE_REVISION`
 */
export const newLabels = (catalog: Catalog, given: unknown): readonly string[] => {
  const labels = [...new Set(textsOf('branchLabel', given))]
  for (const label of labels) {
    checkedName(label, 'The new branch label')
    refuseTaken(catalog, label, 'branch label')
  }
  return labels
}

/**
 * Ids of what a revision is to depend on.
 *
 * @throws MigratorError `INVALID_OPTION`; RevisionError `UNKNOWN_REVISION`, `AMBIGUOUS_REVISION`
 */
export const dependenciesOf = (catalog: Catalog, given: unknown): readonly string[] => {
  const texts = textsOf('dependsOn', given)
  if (texts.length === 0) return []
  const found = targetsOf(catalog, texts).map((text) => {
    const ids = catalog.graph.resolve(text)
    if (ids.length === 0) throw invalidOption('dependsOn', `revisions; "${text}" is none`)
    return ids
  })
  return [...new Set(found.flat())]
}

/** Whether the host has no revisions so far; those that a package ships are not the host's. */
export const isFirstOfHost = ({ ordered, graph }: Catalog): boolean =>
  ordered.every(({ revision }) => graph.show(revision).isShipped)

/** Ids of the heads of the shipped branches. */
export const shippedHeads = ({ graph }: Catalog): readonly string[] =>
  graph.heads().filter((id) => graph.show(id).isShipped)

/** An option that cannot be meant. */
export const invalidOption = (name: string, wanted: string): MigratorError =>
  new MigratorError('INVALID_OPTION', `The option "${name}" must be ${wanted}. Nothing was written.`, {
    subject: name,
  })

const namesOf = ({ ordered }: Catalog): readonly string[] =>
  ordered.flatMap(({ revision, name, branchLabels }) => [revision, name, ...branchLabels])

/** A name that revisions and labels may have. */
const checkedName = (value: unknown, what: string): string => {
  try {
    return checkRevisionId(value, what)
  } catch (cause) {
    throw new RevisionError(
      'INVALID_REVISION',
      `${what} is ${JSON.stringify(value) ?? String(value)}; it must be a text of 1 to 64 characters without "@", "-", "+", ":" ` +
        'and white space. Nothing was written.',
      { cause, subject: what },
    )
  }
}

const refuseTaken = (catalog: Catalog, name: string, what: string): void => {
  if (RESERVED_NAMES.has(name))
    throw new RevisionError(
      'INVALID_REVISION',
      `"${name}" is a word of targets (head, heads, base) and cannot be a name. Nothing was written. Take another ${what}.`,
      { revisions: [name], subject: name },
    )
  const other = catalog.ordered.find(
    (known) => known.revision === name || known.name === name || known.branchLabels.includes(name),
  )
  if (other === undefined) return
  throw new RevisionError(
    'DUPLICATE_REVISION',
    `The name "${name}" is taken by ${other.revision} (${other.label}). Nothing was written. Take another ${what}.`,
    { revisions: [other.revision], subject: name },
  )
}

const textsOf = (name: string, given: unknown): readonly string[] => {
  const list: readonly unknown[] = given === undefined ? [] : Array.isArray(given) ? given : [given]
  if (list.every((text): text is string => typeof text === 'string' && text.trim() !== ''))
    return list.map((text) => text.trim())
  throw invalidOption(name, 'a text or a list of texts')
}

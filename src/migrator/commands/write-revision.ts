import { rm } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import type { MigratorConfig } from '../config.js'
import { isFolder, namesIn, packageSyntaxOf, usesTypeScript } from '../directory/conventions.js'
import { labelOf } from '../directory/folder.js'
import { slugOf, stampOf, writeNewFile } from '../directory/write.js'
import { MigratorError } from '../errors.js'
import {
  REVISION_FORMATS,
  type RevisionFormat,
  type RevisionSource,
  renderRevision,
  styleOf,
} from '../render/revision-source.js'
import { type Catalog, readCatalog } from './catalog.js'
import { type CommandContext, lookInto } from './context.js'
import { invalidOption } from './new-revision.js'

/** A revision file that was written. */
export interface WrittenRevision {
  /** Its id. */
  readonly revision: string
  /** Absolute. */
  readonly path: string
  /** One line for people; may be empty. */
  readonly message: string
  /** Ids of what it stands on. */
  readonly downRevision: readonly string[]
}

/** Where a new revision goes, as the user says it. */
export interface Place {
  readonly folder?: string | undefined
  readonly format?: RevisionFormat | undefined
}

/** A revision that is ready to be written. */
export interface PreparedRevision extends WrittenRevision {
  /** The text of its file. */
  readonly text: string
  /** Writes the file and reads all revisions again: one that does not fit is taken away. */
  write(): Promise<WrittenRevision>
}

/**
 * Writes a revision into a folder of the host's.
 *
 * @param draft - Given the revisions as they are, the new one.
 */
export const writeRevision = async (
  context: CommandContext,
  place: Place,
  draft: (catalog: Catalog) => RevisionSource,
): Promise<WrittenRevision> => (await prepareRevision(context, place, draft)).write()

/** As {@link writeRevision}, up to the moment at which the file would be written. */
export const prepareRevision = async (
  context: CommandContext,
  place: Place,
  draft: (catalog: Catalog) => RevisionSource | Promise<RevisionSource>,
): Promise<PreparedRevision> => {
  const { config } = context
  const folder = folderOf(config, place.folder)
  if (place.format !== undefined) checkFormat(place.format)
  // A folder that is not there yet is made.
  const isNew = !(await isFolder(folder))
  const catalog = await (isNew ? readCatalog(without(config, folder)) : lookInto(context))
  const source = await draft(catalog)
  const { revision, message, downRevision } = source
  const { text, format } = await renderFor(folder, place.format, source)
  const names = await Promise.all(config.folders.map(namesIn))
  const stamp = stampOf(instantAfter(new Date(), names.flat()))
  const name = `${stamp}_${slugOf(message) || slugOf(revision) || 'revision'}.${format}`
  const written = { revision, path: resolve(folder, name), message, downRevision }
  const write = async (): Promise<WrittenRevision> => {
    const path = await writeNewFile({ folder, name, text })
    try {
      await lookInto(context)
    } catch (error) {
      await rm(path, { force: true })
      throw error
    }
    return { ...written, path }
  }
  return { ...written, text, write }
}

/** The text of a revision file for this folder, in the given format or in that of its neighbours. */
export const renderFor = async (
  folder: string,
  given: RevisionFormat | undefined,
  source: RevisionSource,
): Promise<{ readonly text: string; readonly format: RevisionFormat }> => {
  const format = given ?? (await usualFormat(folder))
  return { text: renderRevision(source, styleOf(format, await packageSyntaxOf(folder))), format }
}

/** The host's first folder, or the one that is named. */
const folderOf = ({ folders }: MigratorConfig, given: unknown): string => {
  const [first] = folders
  if (first === undefined)
    throw new MigratorError(
      'INVALID_OPTION',
      'There is no folder to write to: the revisions are in memory, or there are none. Nothing was written. ' +
        'Give the option "migrations" a folder, such as "./migrations".',
      { subject: 'migrations' },
    )
  if (given === undefined) return first
  const found =
    typeof given === 'string' ? folders.find((folder) => resolve(folder) === resolve(given)) : undefined
  if (found !== undefined) return found
  throw invalidOption(
    'folder',
    `one of the folders of "migrations": ${folders.map((folder) => `"${labelOf(resolve(folder))}"`).join(', ')}`,
  )
}

const without = (config: MigratorConfig, folder: string): MigratorConfig => ({
  ...config,
  folders: config.folders.filter((other) => resolve(other) !== resolve(folder)),
})

const isFormat = (text: unknown): text is RevisionFormat => REVISION_FORMATS.some((format) => format === text)

const checkFormat = (format: unknown): void => {
  if (!isFormat(format)) throw invalidOption('format', REVISION_FORMATS.join(', '))
}

/** That of the newest file; a first one is TypeScript where the host is. */
const usualFormat = async (folder: string): Promise<RevisionFormat> => {
  const used = (await namesIn(folder)).map((name) => extname(name).slice(1)).filter(isFormat)
  return used.at(-1) ?? ((await usesTypeScript()) ? 'ts' : 'js')
}

/** No two files have the same second: they are listed in the order in which they were written, and named apart. */
const instantAfter = (now: Date, names: readonly string[]): Date => {
  let instant = now
  while (names.some((name) => name.startsWith(stampOf(instant)))) instant = new Date(instant.getTime() + 1000)
  return instant
}

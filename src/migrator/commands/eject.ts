import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { MigratorConfig } from '../config.js'
import { slugOf, writeNewFile } from '../directory/write.js'
import { MigratorError } from '../errors.js'
import type { Migration } from '../operations/migration.js'
import { recordCalls, renderCalls } from '../render/op-calls.js'
import type { KnownRevision, StepFunction } from '../revisions/revision.js'
import { readCatalog } from './catalog.js'
import type { CommandContext } from './context.js'
import { invalidOption } from './new-revision.js'
import { renderFor, type WrittenRevision } from './write-revision.js'

/**
 * `migrator.eject()`: writes the shipped revisions as files, with the host's names and id types in them. What they do is
 * what the shipped ones call, so it is the same.
 */
export const eject = async (context: CommandContext, folder: string): Promise<readonly WrittenRevision[]> => {
  const { config } = context
  if (typeof folder !== 'string' || folder === '') throw invalidOption('folder', 'the path of a folder')
  const { ordered } = await readCatalog({ ...config, folders: [], revisions: [] })
  if (ordered.length === 0)
    throw new MigratorError(
      'INVALID_OPTION',
      'There is nothing to eject: the option "baseline" is false. Nothing was written. Leave it out for as long as eject() runs.',
      { subject: 'baseline' },
    )
  const written: WrittenRevision[] = []
  try {
    for (const [index, known] of ordered.entries()) written.push(await write(known, index, folder, config))
    await readCatalog(ejected(config, folder))
  } catch (error) {
    for (const { path } of written) await rm(path, { force: true })
    throw error
  }
  return written
}

const write = async (
  known: KnownRevision,
  index: number,
  folder: string,
  { sequelize }: MigratorConfig,
): Promise<WrittenRevision> => {
  const { revision, message, downRevision, dependsOn, branchLabels, checksum } = known
  const body = await known.load()
  const sourceOf = async (step: StepFunction): Promise<ReturnType<typeof renderCalls>> =>
    renderCalls(await recordCalls(step as Migration, sequelize))
  const up = await sourceOf(body.up)
  const down = body.down === undefined ? undefined : await sourceOf(body.down)
  const { text, format } = await renderFor(folder, undefined, {
    revision,
    message,
    downRevision,
    dependsOn,
    branchLabels,
    constants: {
      ...(checksum === null ? {} : { shippedChecksum: checksum }),
      ...(body.transaction ? {} : { transaction: false }),
      ...(body.breaking ? { breaking: true } : {}),
    },
    up: up.lines,
    ...(down === undefined ? {} : { down: down.lines }),
    sequelizeNames: new Set([...up.sequelizeNames, ...(down?.sequelizeNames ?? [])]),
    comment: [
      `Revision ${revision} as sm2kit ships it, with the names and id types of this application.`,
      'Databases that have it keep it: `shippedChecksum` says that it is the same.',
    ],
  })
  // The host's files are dated; what was shipped comes before all of them, as it did.
  const name = `${String(index).padStart(14, '0')}_${slugOf([...branchLabels, message].join(' '))}.${format}`
  return { revision, path: await writeNewFile({ folder, name, text }), message, downRevision }
}

/** What the options are to be from now on. */
const ejected = (config: MigratorConfig, folder: string): MigratorConfig => ({
  ...config,
  baseline: false,
  folders: config.folders.some((other) => resolve(other) === resolve(folder))
    ? config.folders
    : [...config.folders, folder],
})

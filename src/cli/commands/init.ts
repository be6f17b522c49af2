import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { WrittenRevision } from '../../migrator/index.js'
import { CliError } from '../cli-error.js'
import { anyInstance } from '../config/any-instance.js'
import { CONFIG_NAMES } from '../config/find-config.js'
import { configFile } from '../init/config-file.js'
import { type HostStyle, hostStyle } from '../init/host-style.js'
import { type Invocation, usage } from '../invocation.js'
import type { Outcome, Run } from '../verb.js'
import { withNearPath } from '../with-migrator.js'

/** `sm2kit init` */
export const init: Run = async (invocation) => {
  const { folder: root } = invocation.surroundings
  const style = await styleOf(invocation)
  const folder = invocation.text('folder') ?? invocation.list('migrations')[0] ?? 'migrations'
  if (folder.trim() === '') throw usage('--folder needs the name of a folder.', '--folder')
  const existing = await namesIn(root)
  const config = CONFIG_NAMES.find((name) => existing.includes(name))
  if (config !== undefined) throw exists(config)
  await makeFolder(resolve(root, folder), folder)

  const isFirst = !(await namesIn(resolve(root, folder))).some((name) => /\.[cm]?[jt]s$/u.test(name))
  const isWanted = invocation.options['revision'] !== false && isFirst
  const written = isWanted ? await firstRevision(invocation, folder, style) : undefined
  const configName = await writeConfig(root, folder, style)
  return outcomeOf(invocation, { configName, folder, style, written, isWanted })
}

const styleOf = async (invocation: Invocation): Promise<HostStyle> => {
  const isTypeScript = invocation.isOn('typescript')
  if (isTypeScript && invocation.isOn('javascript'))
    throw usage('--typescript and --javascript exclude each other.', '--typescript')
  const found = await hostStyle(invocation.surroundings.folder)
  const format = invocation.text('format')
  return {
    ...found,
    ...(isTypeScript || invocation.isOn('javascript') ? { isTypeScript } : {}),
    ...(format === undefined ? {} : { isEsm: format === 'esm' }),
  }
}

const namesIn = async (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])

const makeFolder = async (path: string, label: string): Promise<void> => {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    throw new CliError(
      'FILE_EXISTS',
      `The folder "${label}" cannot be made: there is a file in its place, or the right to write is missing. Nothing was written.`,
      {
        cause,
        subject: label,
      },
    )
  }
}

const firstRevision = async (
  invocation: Invocation,
  folder: string,
  style: HostStyle,
): Promise<WrittenRevision | undefined> => {
  const { folder: root } = invocation.surroundings
  const sequelize = anyInstance([root])
  if (sequelize === undefined) return undefined
  try {
    const { createMigrator } = await import('../../migrator/index.js')
    const migrator = createMigrator({ sequelize, migrations: folder })
    const message = invocation.text('message') ?? 'first revision'
    return await migrator.revision({ message, format: style.isTypeScript ? 'ts' : extensionOf(style) })
  } finally {
    await sequelize.close().catch(() => {})
  }
}

/** How a file is to end so that Node reads it in the format that is wanted. */
const extensionOf = ({ isEsm, isEsmPackage }: HostStyle): 'js' | 'mjs' | 'cjs' =>
  isEsm === isEsmPackage ? 'js' : isEsm ? 'mjs' : 'cjs'

const writeConfig = async (root: string, folder: string, style: HostStyle): Promise<string> => {
  const name = `sm2kit.config.${style.isTypeScript ? 'ts' : extensionOf(style)}`
  try {
    // `wx`: never over a file that came to be in the meantime.
    await writeFile(join(root, name), configFile(folder, style), { flag: 'wx' })
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw exists(name)
    throw cause
  }
  return name
}

const exists = (name: string): CliError =>
  new CliError('FILE_EXISTS', `There is a ${name} already; it stays as it is. Nothing was written.`, {
    subject: name,
  })

interface Written {
  readonly configName: string
  readonly folder: string
  readonly style: HostStyle
  readonly written: WrittenRevision | undefined
  readonly isWanted: boolean
}

const outcomeOf = (
  invocation: Invocation,
  { configName, folder, style, written, isWanted }: Written,
): Outcome => {
  const revision = written === undefined ? null : withNearPath(written, invocation)
  const missing = isWanted && revision === null
  const next = [
    ...(style.missing.length > 0 ? [`npm install ${style.missing.join(' ')}`] : []),
    `Look at ${configName}: where the database is, and where your models are`,
    ...(missing ? ['npx sm2kit revision -m "first revision"'] : []),
    ...(revision === null ? [] : [`Write what the first revision does into ${revision.path}`]),
    'npx sm2kit upgrade head',
  ]
  const made = [configName, ...(revision === null ? [`${folder}/`] : [revision.path])]
  const lines = [...made.map((name) => `Created ${name}`), '', 'Next:', ...next.map((step) => `  ${step}`)]
  return { value: { config: configName, folder, revision, next }, text: lines.join('\n') }
}

import { relative } from 'node:path'
import type { Migrator } from '../migrator/index.js'
import { openProject, type Project } from './config/open-project.js'
import type { Invocation } from './invocation.js'
import { StepProgress } from './step-progress.js'

/** What a killed step leaves, by Sequelize's name of the engine. */
const AFTER_KILL: Readonly<Record<string, string>> = {
  mysql:
    'The statements of that step that were completed stay, and are noted: run the same command again, and it goes on behind them.',
  other:
    'The database takes that step back as if it had not begun (where its revision says `transaction = false`, what is done ' +
    'stays and is noted): run the same command again.',
}

/** Opens the project, gives its migrator to `use`, and closes what it opened. */
export const withMigrator = async <T>(
  invocation: Invocation,
  use: (migrator: Migrator, progress: StepProgress, project: Project) => Promise<T>,
): Promise<T> => {
  const project = await openProject(invocation)
  const dialect = project.sequelize.getDialect()
  const keepsDdl = dialect === 'mysql' || dialect === 'mariadb'
  const progress = new StepProgress(invocation.surroundings, AFTER_KILL[keepsDdl ? 'mysql' : 'other'] ?? '')
  try {
    const { createMigrator } = await import('../migrator/index.js')
    const migrator = createMigrator({ ...project.options, logger: progress.logger })
    progress.attach(migrator)
    return await use(migrator, progress, project)
  } finally {
    progress.stop()
    await project.close()
  }
}

/** Says of a verb that records without running what an interruption leaves. */
export const whileRecording = ({ surroundings }: Invocation): void =>
  surroundings.interrupts.set(
    'Records were being written: all of them are, or none is. `sm2kit current` shows which.',
  )

/** Says of a verb that writes files what an interruption leaves. */
export const whileWriting = ({ surroundings }: Invocation): void =>
  surroundings.interrupts.set('A file may have been written; the database was not changed.')

/** A value with the absolute paths in its fields `path` shown as seen from the working folder. */
export const withNearPath = <T extends { readonly path?: string }>(
  value: T,
  { surroundings }: Invocation,
): T => (value.path === undefined ? value : { ...value, path: relative(surroundings.folder, value.path) })

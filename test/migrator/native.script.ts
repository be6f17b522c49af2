// What tests load as plain Node would: vitest transforms every file that it imports, revision files too.

import { readFolder } from '../../src/migrator/directory/folder.js'
import { revisionsIn } from '../../src/migrator/directory/list.js'

export { parseOptions } from '../../src/migrator/config.js'
export { bodyOf } from '../../src/migrator/directory/list.js'
export { loadModule } from '../../src/migrator/directory/load.js'
export { createMigrator, MigratorError, RevisionError, reflect, StepError } from '../../src/migrator/index.js'

/** The revisions of one folder. */
export const listFolder = async (folder: string) => revisionsIn(await readFolder(folder))

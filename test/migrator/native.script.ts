// What tests load as plain Node would: vitest transforms every file that it imports, revision files too.

export { parseOptions } from '../../src/migrator/config.js'
export { bodyOf, listFolder } from '../../src/migrator/directory/list.js'
export { loadModule } from '../../src/migrator/directory/load.js'
export { createMigrator, MigratorError, RevisionError, reflect, StepError } from '../../src/migrator/index.js'

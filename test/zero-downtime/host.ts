import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Sequelize } from 'sequelize'
import type { createMigrator, Migrator } from 'sm2kit/migrator'
import ts from 'typescript'
import { project } from '../cli/support/sm2kit.js'
import { deploySource, revisionFile } from './recipes.js'

/** A host with a folder of revisions, which its deploys bring to the database. */
export interface Host {
  /** Writes a revision file behind the others. */
  write(source: string): void
  /** `deploy` of the page: upgrades, and tries again. Returns the number of attempts. */
  deploy(): Promise<number>
  /** One upgrade, as `sm2kit upgrade head`. */
  upgrade(): Promise<unknown>
}

/** Among the packages: vitest leaves those to Node. */
const DEPLOY = 'node_modules/deploy/deploy.mjs'

/** Files and modules of a host in a folder of its own, loaded by Node and not by vitest. */
export const makeHost = async (sequelize: Sequelize): Promise<Host> => {
  const compiled = ts.transpileModule(deploySource ?? '', {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  })
  const folder = await project({ [DEPLOY]: compiled.outputText, 'migrations/.keep': '' })
  const importOf = async <T>(path: string): Promise<T> =>
    (await import(/* @vite-ignore */ pathToFileURL(join(folder, path)).href)) as T
  const kit = await importOf<{ createMigrator: typeof createMigrator }>('node_modules/sm2kit/migrator.js')
  const { deploy } = await importOf<{ deploy: (migrator: Migrator) => Promise<number> }>(DEPLOY)
  let number = 0
  const migratorNow = (): Migrator =>
    kit.createMigrator({ sequelize, baseline: false, migrations: join(folder, 'migrations') })
  const idOf = (at: number): string => `00000000${String(at).padStart(4, '0')}`
  return {
    write(source) {
      const file = revisionFile(source, idOf(number + 1), number === 0 ? null : idOf(number))
      number += 1
      writeFileSync(join(folder, 'migrations', `2026010100${String(number).padStart(4, '0')}_step.ts`), file)
    },
    deploy: () => deploy(migratorNow()),
    upgrade: () => migratorNow().upgrade('head'),
  }
}

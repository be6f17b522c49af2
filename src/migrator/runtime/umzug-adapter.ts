import { createRequire } from 'node:module'
import type { QueryInterface } from 'sequelize'
import type { Umzug } from 'umzug'
import type { KnownRevision } from '../revisions/revision.js'
import { hideContext } from './redact.js'
import type { StepRunner } from './step-runner.js'

/** What Umzug asks of the migrator. */
export interface UmzugSource {
  /** Every revision, in the order in which they run. */
  revisions(): Promise<readonly KnownRevision[]>
  /** Names of the revisions that are applied. */
  executed(): Promise<readonly string[]>
}

/**
 * A real Umzug over the migrator's revisions, steps and version table. It is loaded here and not before: it costs
 * more than a start with nothing to do.
 *
 * Umzug writes its record after a step has returned, outside its transaction; here the step itself has written it by
 * then, and Umzug's storage has nothing left to do.
 */
export const createUmzug = (
  context: QueryInterface,
  runner: StepRunner,
  source: UmzugSource,
): Umzug<QueryInterface> => {
  const umzug = createRequire(import.meta.url)('umzug') as typeof import('umzug')
  class SafeUmzug extends umzug.Umzug<QueryInterface> {
    protected override async runCommand<T>(
      command: string,
      run: (params: { context: QueryInterface }) => Promise<T>,
    ): Promise<T> {
      try {
        return await super.runCommand(command, run)
      } catch (error) {
        throw hideContext(error)
      }
    }
  }
  return new SafeUmzug({
    context,
    // The migrator logs and emits by itself, once it knows that a step is really run.
    logger: undefined,
    migrations: async () => {
      const all = await source.revisions()
      return all.map((revision) => ({
        name: revision.name,
        ...(revision.path === undefined ? {} : { path: revision.path }),
        up: () => runner.run({ revision, direction: 'up', all }),
        down: () => runner.run({ revision, direction: 'down', all }),
      }))
    },
    storage: {
      executed: async () => [...(await source.executed())],
      logMigration: async () => {},
      unlogMigration: async () => {},
    },
  })
}

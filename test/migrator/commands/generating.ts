import { readFileSync } from 'node:fs'
import type { Sequelize } from 'sequelize'
import type {
  GeneratedRevision,
  Migrator,
  MigratorOptions,
  NewRevisionOptions,
  Schema,
} from 'sm2kit/migrator'
import { expect } from 'vitest'
import { type Engine, withDatabase } from '../../support/engines/index.js'
import { native } from '../support.js'
import { hostOf } from './host.js'

/** Defines models on an instance. */
export type Define = (sequelize: Sequelize) => void

/** A host that lives by autogenerate, on a database of its own. */
export interface GeneratingHost {
  readonly sequelize: Sequelize
  readonly migrator: Migrator
  readonly folder: string
  /** What the database looks like. */
  look(): Promise<Schema>
  /** The host's models are these from now on. */
  models(define: Define): void
  /**
   * Writes a revision of what is different, applies it, and expects that nothing differs then.
   *
   * @returns It, with the text of its file.
   */
  generate(options?: Partial<NewRevisionOptions>): Promise<GeneratedRevision & { readonly text: string }>
  /** Takes the last revision back, and expects the schema that was before. */
  back(former: Schema): Promise<void>
}

/** Gives such a host to `use`. */
export const generating = async <T>(
  engine: Engine,
  use: (host: GeneratingHost) => Promise<T>,
  options: Partial<MigratorOptions> = {},
): Promise<T> => {
  // Outside vitest's module system, so that a revision file is imported as in a host's process.
  const { createMigrator, reflect } = await native()
  return withDatabase(engine, async (database) => {
    const sequelize = database.connect()
    const folder = hostOf()
    const migrator = createMigrator({ sequelize, migrations: folder, baseline: false, ...options })
    const host: GeneratingHost = {
      sequelize,
      migrator,
      folder,
      look: () => reflect(sequelize),
      models: (define) => {
        for (const model of Object.values(sequelize.models)) sequelize.modelManager.removeModel(model)
        define(sequelize)
      },
      generate: async (given = {}) => {
        const made = await migrator.revision({ message: 'change', ...given, autogenerate: true })
        const text = readFileSync(made.path, 'utf8')
        try {
          await migrator.upgrade('head')
        } catch (error) {
          throw new Error(`The generated revision fails:\n${text}`, { cause: error })
        }
        const { include, compare } = given
        expect(await migrator.differences({ include, compare }), text).toEqual([])
        return { ...made, text }
      },
      back: async (former) => {
        await migrator.downgrade('-1')
        expect(await host.look()).toEqual(former)
      },
    }
    return use(host)
  })
}

/** `addColumn words`: what operations do to what, without how. */
export const kindsOf = ({ operations }: Pick<GeneratedRevision, 'operations'>): readonly string[] =>
  operations.map((operation) =>
    `${operation.kind} ${'table' in operation ? operation.table.name : ''}`.trim(),
  )

// Models that sequelize-typescript's decorators declare, on an instance of its own class, which takes models as an option.

import { Sequelize, type SequelizeOptions } from 'sequelize-typescript'
import { describeOperation } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import { describeNewest, type Engine, withDatabase } from '../../support/engines/index.js'
import { hostOf } from '../commands/host.js'
import { native } from '../support.js'
import { decoratedModels } from './applications/decorated.js'

const { createMigrator, reflect } = await native()

/** An instance with the decorated models, and a check that their classes still belong to it: a class is of the last that was given it. */
const withDecorated = (
  engine: Engine,
  use: (sequelize: Sequelize, strayed: () => readonly string[]) => Promise<void>,
  repositoryMode = false,
): Promise<void> =>
  withDatabase(engine, async (database) => {
    const models = decoratedModels(engine.dialect)
    const options = { ...database.options, models, repositoryMode } as SequelizeOptions
    const sequelize = new Sequelize(options)
    try {
      await use(sequelize, () =>
        models.filter((model) => model.sequelize !== sequelize).map(({ name }) => name),
      )
    } finally {
      await sequelize.close()
    }
  })

describeNewest(
  'models of sequelize-typescript',
  (engine) => {
    test.each([
      ['', false],
      [', in repository mode too', true],
    ] as const)('are no different after sync()%s', (_mode, repositoryMode) =>
      withDecorated(
        engine,
        async (sequelize) => {
          await sequelize.sync()
          // Of checks sync() knows nothing.
          const migrator = createMigrator({ sequelize, baseline: false, compare: { checks: false } })
          expect((await migrator.differences()).map(describeOperation)).toEqual([])
          await sequelize.getQueryInterface().removeColumn('books', 'pages')
          expect((await migrator.differences()).map(({ kind }) => kind)).toContain('addColumn')
        },
        repositoryMode,
      ),
    )

    test('come from an empty database, and go again', () =>
      withDecorated(engine, async (sequelize, strayed) => {
        const migrator = createMigrator({ sequelize, migrations: hostOf(), baseline: false })
        const empty = await reflect(sequelize)
        const { operations } = await migrator.revision({ message: 'all', autogenerate: true })
        expect(operations.length).toBeGreaterThan(6)
        await migrator.upgrade('head')
        expect((await migrator.differences()).map(describeOperation)).toEqual([])
        expect((await reflect(sequelize)).tables.map(({ name }) => name).toSorted()).toEqual([
          'Loan',
          'Shelves',
          'Tags',
          'author_profiles',
          'authors',
          'book_tags',
          'books',
        ])
        expect(strayed()).toEqual([])
        await migrator.downgrade('base')
        expect(await reflect(sequelize)).toEqual(empty)
      }))

    test('stay with their instance where others are opened beside it', () =>
      withDecorated(engine, async (sequelize, strayed) => {
        const migrator = createMigrator({ sequelize, migrations: hostOf(), baseline: false })
        // Of a file that is not there yet an empty database answers.
        await migrator.current()
        expect(strayed()).toEqual([])
        await migrator.revision({ message: 'all', autogenerate: true })
        await migrator.rehearse('head')
        expect(strayed()).toEqual([])
      }))
  },
  ({ isShared }) => isShared,
)

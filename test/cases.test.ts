import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Sequelize } from 'sequelize'
import { createMigrator, describeOperation, type Operation } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import type { Case } from './cases/case.js'
import { generating } from './migrator/commands/generating.js'
import { describeEngines, withDatabase } from './support/engines/index.js'

const folder = join(import.meta.dirname, 'cases')
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
const cases = await Promise.all(
  names.map(async (name) => ({
    name,
    ...((await import(`./cases/${name}/models.ts`)) as { change: Case }).change,
  })),
)

/** As a person reads it in `expected.<dialect>.txt`. */
const textOf = (operations: readonly Operation[]): string =>
  operations
    .flatMap((operation) => [
      describeOperation(operation),
      ...operation.hazards.map(
        ({ risk, rule, rows }) => `  ${risk}: ${rule}${rows === null ? '' : `, ${rows} rows`}`,
      ),
    ])
    .join('\n')
    .concat('\n')

describeEngines('a change of models', (engine) => {
  for (const { name, title, engines, before, after, prepare, setup, options, isSynced = true } of cases) {
    if (engines?.includes(engine.dialect) === false) continue
    const { dialect } = engine
    test(`${name}: ${title}`, () =>
      generating(engine, async ({ sequelize, migrator, models, look, generate, back }) => {
        for (const statement of prepare ?? []) await sequelize.query(statement)
        const empty = await look()
        models((instance) => before(instance, dialect))
        await generate({ message: 'before' })
        for (const statement of setup?.(dialect) ?? []) await sequelize.query(statement)
        const former = await look()
        models((instance) => after(instance, dialect))
        const found = await migrator.differences(options)
        await expect(textOf(found)).toMatchFileSnapshot(join(folder, name, `expected.${dialect}.txt`))
        expect((await generate({ message: 'after', ...options })).operations).toEqual(found)
        const later = await look()
        await back(former)
        await migrator.upgrade('head')
        expect(await look()).toEqual(later)
        if (setup !== undefined) return
        await migrator.downgrade('base')
        expect(await look()).toEqual(empty)
      }))
    if (!isSynced) continue
    test(`${name}: after sync() nothing differs, before the change as after it`, async () => {
      for (const define of [before, after]) await expectNoneAfterSync((instance) => define(instance, dialect))
    })
  }

  const expectNoneAfterSync = (define: (sequelize: Sequelize) => void): Promise<void> =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      define(sequelize)
      for (const schema of schemasOf(sequelize)) await sequelize.createSchema(schema, {})
      await sequelize.sync()
      expect(await createMigrator({ sequelize, baseline: false }).differences()).toEqual([])
    })
})

const schemasOf = (sequelize: Sequelize): ReadonlySet<string> =>
  new Set(
    Object.values(sequelize.models).flatMap((model) => {
      const table = model.getTableName() as string | { readonly schema?: string }
      return typeof table === 'string' || table.schema === undefined || sequelize.getDialect() !== 'postgres'
        ? []
        : [table.schema]
    }),
  )

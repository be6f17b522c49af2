import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Sequelize } from 'sequelize'
import { createMigrator, describeOperation, type Operation } from 'sm2kit/migrator'
import { expect, test } from 'vitest'
import type { Case } from './cases/case.js'
import { generating } from './migrator/commands/generating.js'
import { failure, rowsOf, tablesOf } from './migrator/support.js'
import { describeNewest, withDatabase } from './support/engines/index.js'

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

const answersTo = (sequelize: Sequelize, queries: readonly string[]): Promise<readonly unknown[]> =>
  Promise.all(queries.map((sql) => rowsOf(sequelize, sql)))

describeNewest('a change of models', (engine) => {
  for (const { name, title, engines, before, after, prepare = [], setup, options, ...rest } of cases) {
    if (engines?.includes(engine.dialect) === false) continue
    const { variants, keeps = [], broken = [], isSynced = true } = rest
    const { dialect } = engine
    test(`${name}: ${title}`, () =>
      generating(engine, async ({ sequelize, migrator, models, look, generate, back }) => {
        for (const statement of prepare) await sequelize.query(statement)
        const empty = await look()
        models((instance) => before(instance, dialect))
        await generate({ message: 'before' })
        for (const statement of setup?.(dialect) ?? []) await sequelize.query(statement)
        const former = await look()
        models((instance) => after(instance, dialect))
        const found = await migrator.differences(options)
        const texts = [textOf(found)]
        for (const [variant, given] of Object.entries(variants?.(dialect) ?? {})) {
          const other = textOf(await migrator.differences(given))
          expect(other, variant).not.toBe(texts[0])
          texts.push(`\n# ${variant}\n${other}`)
        }
        await expect(texts.join('')).toMatchFileSnapshot(join(folder, name, `expected.${dialect}.txt`))
        const kept = await answersTo(sequelize, keeps)
        expect((await generate({ message: 'after', ...options })).operations).toEqual(found)
        const later = await look()
        expect(await answersTo(sequelize, keeps)).toEqual(kept)
        await back(former)
        expect(await answersTo(sequelize, keeps)).toEqual(kept)
        await migrator.upgrade('head')
        expect(await look()).toEqual(later)
        if (setup !== undefined) return
        await migrator.downgrade('base')
        expect(await look()).toEqual(empty)
      }))
    for (const { title: what, engines: refusing, define, code, subject, says } of broken) {
      if (refusing?.includes(dialect) === false) continue
      test(`${name}: ${what} is refused`, () =>
        withDatabase(engine, async (database) => {
          const sequelize = database.connect()
          define(sequelize)
          const error = await failure(createMigrator({ sequelize, baseline: false }).differences())
          expect(error).toMatchObject({ code, subject })
          for (const words of says) expect(error.message).toMatch(words)
          expect(await tablesOf(sequelize)).toEqual([])
        }))
    }
    if (!isSynced) continue
    test(`${name}: after sync() nothing differs, before the change as after it`, async () => {
      for (const define of [before, after])
        await expectNoneAfterSync((instance) => define(instance, dialect), prepare)
    })
  }

  const expectNoneAfterSync = (
    define: (sequelize: Sequelize) => void,
    prepare: readonly string[],
  ): Promise<void> =>
    withDatabase(engine, async (database) => {
      const sequelize = database.connect()
      define(sequelize)
      for (const statement of prepare) await sequelize.query(statement)
      await sequelize.sync()
      expect(await createMigrator({ sequelize, baseline: false }).differences()).toEqual([])
    })
})

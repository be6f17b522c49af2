import type { Sequelize } from 'sequelize'
import { expect } from 'vitest'
import { shadowOf } from '../../../src/migrator/commands/wanted.js'
import type { Autogeneration, ServerFacts } from '../../../src/migrator/dialect-autogenerate.js'
import { dialectOf } from '../../../src/migrator/dialects/registry.js'
import { modelTablesOf } from '../../../src/migrator/models/model-tables.js'
import { selectWith } from '../../../src/migrator/runtime/session.js'
import { canonicalSchema } from '../../../src/migrator/schema/canonical.js'
import type { ModelTable } from '../../../src/migrator/schema/model-table.js'
import type { QualifiedName, Schema } from '../../../src/migrator/schema/schema.js'

/** What autogenerate has of an instance's engine. */
export const autogenerationOf = async (sequelize: Sequelize): Promise<Autogeneration> => {
  const autogeneration = await dialectOf(sequelize).autogeneration?.()
  if (autogeneration === undefined) throw new Error('There is none')
  return autogeneration
}

/** The facts of an instance's server. */
export const factsOf = async (sequelize: Sequelize, tables: readonly ModelTable[]): Promise<ServerFacts> =>
  (await autogenerationOf(sequelize)).facts({ select: (sql) => selectWith(sequelize, sql, null) }, tables)

/** Everything in a database, or in these schemas of it. */
export const everythingIn = async (sequelize: Sequelize, schemas?: readonly string[]): Promise<Schema> =>
  canonicalSchema(
    await dialectOf(sequelize).reflect({ select: (sql) => selectWith(sequelize, sql, null) }, schemas),
  )

/** What the instance's models are in a shadow. */
export const shadowOfModels = async (
  sequelize: Sequelize,
  tables: readonly ModelTable[] = modelTablesOf(sequelize.models, sequelize),
): Promise<Schema> =>
  canonicalSchema(await shadowOf({ sequelize }, await factsOf(sequelize, tables), tables, []))

/** Fails unless every translation that there is equals what the shadow has; gives the names of the tables that have one. */
export const expectTrueTranslations = async (
  sequelize: Sequelize,
  shadow: Schema,
): Promise<readonly string[]> => {
  const tables = modelTablesOf(sequelize.models, sequelize)
  const facts = await factsOf(sequelize, tables)
  const translator = (await autogenerationOf(sequelize)).translator(sequelize, facts)
  return tables.flatMap((table) => {
    const translated = translator.translate(table)
    if (translated === undefined) return []
    const { schema, name } = translated.table
    const judged = shadow.tables.filter((one) => one.schema === schema && one.name === name)
    const own = canonicalSchema({ tables: [translated.table], enums: translated.enums })
    expect(own.tables).toEqual(judged)
    const used = judged.flatMap(({ columns }) => columns.flatMap(({ enumType }) => enumType ?? []))
    const isUsed = (type: QualifiedName): boolean =>
      used.some((one) => one.schema === type.schema && one.name === type.name)
    expect(own.enums).toEqual(shadow.enums.filter(isUsed))
    expect(own.enums).toHaveLength(used.length)
    return [name]
  })
}

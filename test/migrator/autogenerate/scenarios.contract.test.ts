import { readFileSync } from 'node:fs'
import {
  DataTypes,
  type IndexesOptions,
  literal,
  type ModelAttributeColumnOptions,
  type ModelAttributes,
  type Sequelize,
} from 'sequelize'
import { describe, expect, test } from 'vitest'
import { describeNewest, type EngineDialect, withDatabase } from '../../support/engines/index.js'
import { evolve } from './evolve.js'

/** Alembic's own scenarios: tables before, tables after. */
interface Scenario {
  readonly id: string
  readonly words: string
  readonly before: readonly ScenarioTable[]
  readonly after: readonly ScenarioTable[]
  readonly engines: readonly string[]
  readonly none?: true
  readonly rows?: readonly string[]
  readonly also?: readonly string[]
}

interface ScenarioTable {
  readonly table: string
  readonly schema?: string
  readonly comment?: string
  readonly options?: Readonly<Record<string, string>>
  readonly columns: readonly ScenarioColumn[]
  readonly indexes?: readonly {
    readonly name: string
    readonly on: readonly string[]
    readonly unique?: boolean
    readonly options?: Readonly<Record<string, unknown>>
  }[]
  readonly uniques?: readonly { readonly name: string | null; readonly columns: readonly string[] }[]
  readonly checks?: readonly { readonly name: string | null; readonly sql: string }[]
  readonly fks?: readonly {
    readonly columns: readonly string[]
    readonly references: readonly string[]
    readonly ondelete?: string
    readonly deferrable?: boolean
    readonly initially?: string
  }[]
}

interface ScenarioColumn {
  readonly name: string
  readonly type: string
  readonly pk?: boolean
  readonly nullable?: boolean
  readonly comment?: string
  readonly default?: {
    readonly value?: string
    readonly sql?: string
    readonly computed?: string
    readonly persisted?: boolean
  }
}

const scenarios: readonly Scenario[] = JSON.parse(
  readFileSync(new URL('./scenarios.json', import.meta.url), 'utf8'),
)

const ENGINE: Readonly<Record<EngineDialect, string>> = {
  sqlite: 'sqlite',
  postgres: 'postgresql',
  mysql: 'mysql',
}

/** What a model of Sequelize's cannot say, and why. */
const INEXPRESSIBLE: Readonly<Record<string, string>> = {
  'A-en-rename-type': 'Sequelize names the enum types itself',
  'A-id-change': 'options of an identity',
  'A-ix-include': 'INCLUDE',
  'A-ix-nulls': 'NULLS NOT DISTINCT',
  'A-uq-deferrable': 'a unique constraint that may wait',
  'A-ty-int-unsigned': 'the data does not say which side is unsigned',
  'A-gc-to-plain': 'a generated column that the model has as a plain one is left alone',
}

/** Where nothing is to be found though Alembic was asked for something: by engine, or on all. */
const NOTHING: Readonly<Record<string, readonly EngineDialect[]>> = {
  'A-tab-comment-drop': ['sqlite'],
  'A-tab-option-engine': ['mysql'],
  'A-tab-option-charset': ['mysql'],
  'A-col-pk-rename': ['sqlite', 'postgres', 'mysql'],
  'A-col-comment': ['sqlite'],
  'A-ty-datetime-tz': ['sqlite', 'mysql'],
  'A-en-add': ['sqlite'],
  'A-df-decimal-0': ['sqlite', 'postgres', 'mysql'],
  'A-ix-fk-drop': ['mysql'],
  'A-uq-order': ['sqlite', 'postgres', 'mysql'],
  'A-fk-restrict': ['mysql'],
  // Sequelize does not tell these engines.
  'A-uq-rename': ['sqlite', 'postgres'],
  'A-fk-deferrable': ['sqlite'],
}

const rawText = (type: string): string =>
  type.replace(/^VARCHAR\(50\) COLLATE "(\w+)"$/u, 'VARCHAR(50)').replace(/ COLLATE "C"$/u, '')

const typeOf = (type: string, dialect: EngineDialect): ModelAttributeColumnOptions['type'] => {
  const sized = /^(VARCHAR|CHAR)\((\d+)\)/u.exec(type)
  if (sized !== null) return (sized[1] === 'CHAR' ? DataTypes.CHAR : DataTypes.STRING)(Number(sized[2]))
  const decimal = /^NUMERIC\((\d+)(?:, (\d+))?\)$/u.exec(type)
  if (decimal !== null)
    return decimal[2] === undefined
      ? DataTypes.DECIMAL(Number(decimal[1]), 0)
      : DataTypes.DECIMAL(Number(decimal[1]), Number(decimal[2]))
  const values = /^ENUM\(([\w,]+)\)/u.exec(type)?.[1]
  if (values !== undefined)
    return type.endsWith('CHECK') ? DataTypes.STRING(9) : DataTypes.ENUM(...values.split(','))
  switch (type) {
    case 'DATETIME':
      return dialect === 'postgres' ? 'TIMESTAMP' : DataTypes.DATE
    case 'DATETIME WITH TIME ZONE':
      return DataTypes.DATE
    case 'INTEGER[]':
      return DataTypes.ARRAY(DataTypes.INTEGER)
    case 'VARCHAR[]':
      return DataTypes.ARRAY(DataTypes.STRING)
    case 'BOOLEAN with CHECK':
      return DataTypes.BOOLEAN
    case 'MEDIUMTEXT':
      return DataTypes.TEXT('medium')
    case 'DATE':
      return DataTypes.DATEONLY
    default:
      break
  }
  const named = (DataTypes as unknown as Record<string, ModelAttributeColumnOptions['type'] | undefined>)[
    type
  ]
  return named ?? rawText(type)
}

const defaultOf = (
  { default: given, type }: ScenarioColumn,
  dialect: EngineDialect,
): { defaultValue?: unknown } => {
  if (given?.sql !== undefined)
    return {
      defaultValue: literal(
        given.sql === 'now()' && dialect !== 'postgres' ? 'CURRENT_TIMESTAMP' : given.sql,
      ),
    }
  if (given?.value === undefined) return {}
  return { defaultValue: /^(?:INTEGER|NUMERIC)/u.test(type) ? Number(given.value) : given.value }
}

const define = (sequelize: Sequelize, table: ScenarioTable, dialect: EngineDialect): void => {
  const uniqueColumns = (table.uniques ?? []).filter(({ columns }) => columns.length === 1)
  const collations: Record<string, string> = {}
  const generated: Record<string, unknown> = {}
  const attributes = Object.fromEntries(
    table.columns.map((column) => {
      const { name, type, pk = false, nullable = true, comment } = column
      const key = (table.fks ?? []).find(({ columns }) => columns[0] === name)
      const [target = '', targetColumn = ''] = key?.references[0]?.split('.') ?? []
      const unique = uniqueColumns.find(({ columns }) => columns[0] === name)
      const groups = (table.uniques ?? []).filter(
        ({ columns }) => columns.length > 1 && columns.includes(name),
      )
      const collation = /COLLATE "(\w+)"/u.exec(type)?.[1]
      if (collation !== undefined) collations[name] = collation
      if (column.default?.computed !== undefined)
        generated[name] = { expression: column.default.computed, stored: column.default.persisted === true }
      return [
        name,
        {
          type: typeOf(type, dialect),
          ...(pk ? { primaryKey: true } : { allowNull: nullable }),
          ...(comment === undefined ? {} : { comment }),
          ...defaultOf(column, dialect),
          ...(unique === undefined ? {} : { unique: unique.name ?? true }),
          ...(groups[0] === undefined ? {} : { unique: groups[0].name ?? true }),
          ...(key === undefined
            ? {}
            : {
                references: {
                  model: target,
                  key: targetColumn,
                  ...(key.deferrable === true ? { deferrable: 'INITIALLY DEFERRED' } : {}),
                },
                ...(key.ondelete === undefined ? {} : { onDelete: key.ondelete }),
              }),
        },
      ]
    }),
  )
  const enumChecks = table.columns.flatMap(({ name, type }) => {
    const values = /^ENUM\(([\w,]+)\).*CHECK$/u.exec(type)?.[1]
    if (values !== undefined)
      return [{ name: `${name}_values`, expression: `${name} IN ('${values.split(',').join("', '")}')` }]
    return type === 'BOOLEAN with CHECK' ? [{ expression: `${name} IN (true, false)` }] : []
  })
  const checks = [
    ...(table.checks ?? []).map(({ name, sql }) => ({
      ...(name === null ? {} : { name }),
      expression: sql,
    })),
    ...enumChecks,
  ]
  sequelize.define(
    table.table,
    attributes as unknown as ModelAttributes,
    {
      timestamps: false,
      freezeTableName: true,
      ...(table.schema === undefined ? {} : { schema: table.schema }),
      ...(table.comment === undefined ? {} : { comment: table.comment }),
      ...(table.options?.['mysql_engine'] === undefined ? {} : { engine: table.options['mysql_engine'] }),
      ...(table.options?.['mysql_charset'] === undefined ? {} : { charset: table.options['mysql_charset'] }),
      indexes: (table.indexes ?? []).map((index) => indexOf(index)),
      sm2kit: { checks, generated, collations },
    } as object,
  )
}

const indexOf = ({
  name,
  on,
  unique = false,
  options = {},
}: NonNullable<ScenarioTable['indexes']>[number]): IndexesOptions =>
  ({
    name,
    unique,
    fields: on.map((field) => {
      if (field.includes('(')) return literal(field)
      const [column = '', order] = field.split(' ')
      if (order !== undefined) return { name: column, order: 'DESC' as const }
      return options['mysql_length'] === undefined
        ? column
        : { name: column, length: Number(options['mysql_length']) }
    }),
    ...(options['sqlite_where'] === undefined
      ? {}
      : { where: literal(String(options['sqlite_where'])) as object }),
    ...(options['postgresql_using'] === undefined ? {} : { using: String(options['postgresql_using']) }),
    ...(options['mysql_prefix'] === undefined ? {} : { type: 'FULLTEXT' }),
  }) as IndexesOptions

/** Models cannot make what `sync()` does not know: the former database is made by a generated revision too, from nothing. */
const needsExtensions = (tables: readonly ScenarioTable[]): boolean =>
  tables.some(
    ({ checks = [], columns }) =>
      checks.length > 0 ||
      columns.some(
        ({ type, default: given }) => /CHECK|COLLATE/u.test(type) || given?.computed !== undefined,
      ),
  )

describeNewest(
  'scenarios of Alembic',
  (engine) => {
    const { dialect } = engine
    const here = scenarios.filter(
      ({ id, engines }) => engines.includes(ENGINE[dialect]) && !(id in INEXPRESSIBLE),
    )
    describe.each(here)('$id: $words', (scenario) => {
      const defineAll = (tables: readonly ScenarioTable[]) => (sequelize: Sequelize) => {
        for (const table of tables) define(sequelize, table, dialect)
      }
      const isNothing = scenario.none === true || NOTHING[scenario.id]?.includes(dialect) === true
      test(isNothing ? 'finds nothing' : 'finds it, converges and returns', () =>
        withDatabase(engine, async (database) => {
          const before = defineAll(scenario.before)
          if (scenario.before.some(({ schema }) => schema === 's2'))
            await database.connect().createSchema('s2', {})
          const { operations } = await evolve(database, {
            before: needsExtensions(scenario.before) ? makeByRevision(before, database) : before,
            after: defineAll(scenario.after),
            statements: [...(scenario.also ?? []), ...(scenario.rows ?? [])],
            ...(scenario.id === 'A-col-add-notnull-rows'
              ? { complete: (text: string) => text.replace(/\bundefined\b/u, '7') }
              : {}),
            ...(scenario.id === 'A-col-notnull-dirty'
              ? { mend: async (sequelize: Sequelize) => void (await sequelize.query('UPDATE t SET x = 1')) }
              : {}),
          })
          if (isNothing) expect(operations).toEqual([])
          else expect(operations).not.toEqual([])
          if (scenario.rows !== undefined && !isNothing && scenario.id !== 'A-col-add-notnull-default')
            expect(operations.flatMap(({ hazards }) => hazards)).not.toEqual([])
        }),
      )
    })
  },
  ({ isShared }) => isShared,
)

const makeByRevision =
  (define: (sequelize: Sequelize) => void, database: Parameters<typeof evolve>[0]) =>
  async (): Promise<void> => {
    await evolve(database, { before: async () => {}, after: define })
    const cleaner = database.connect()
    await cleaner.getQueryInterface().dropTable('sm2kit_revisions')
    await cleaner.getQueryInterface().dropTable('sm2kit_revisions_journal')
  }

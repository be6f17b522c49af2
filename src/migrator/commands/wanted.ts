import type { Sequelize } from 'sequelize'
import { areKeysAmong, schemasToReflect, type Wanted, wantedSchema } from '../autogenerate/wanted.js'
import type { Dialect, Reader } from '../dialect.js'
import {
  type Autogeneration,
  ModelRefused,
  type ServerFacts,
  ShadowRefused,
  type Translator,
} from '../dialect-autogenerate.js'
import { dialectOf } from '../dialects/registry.js'
import { MigratorError, messageOf } from '../errors.js'
import { modelTablesOf } from '../models/model-tables.js'
import type { ModelsInput } from '../models/sequelize-model.js'
import { withStoredNames } from '../models/stored-names.js'
import { databaseError } from '../runtime/database-error.js'
import { redact, redactCause } from '../runtime/redact.js'
import { selectWith } from '../runtime/session.js'
import { openOwnedSession } from '../runtime/shadow-session.js'
import { canonicalSchema } from '../schema/canonical.js'
import type { ModelTable } from '../schema/model-table.js'
import type { QualifiedName, Schema, Table } from '../schema/schema.js'

/** What {@link readWanted} is asked. */
export interface ReadWantedOptions {
  readonly sequelize: Sequelize
  readonly models: ModelsInput
  /** Where tables are made out of sight. Default: in the host's database. */
  readonly shadow?: { readonly url: string }
  readonly looksEqual?: (actual: Table, wanted: Table) => boolean
  /** Which of the models' tables are looked at, asked with all of them. Default: all. */
  readonly choose?: (tables: readonly ModelTable[]) => readonly ModelTable[]
}

/** A database as it is, and as the models want it. */
export interface ActualAndWanted extends Wanted {
  /** All there is, other owners' tables too. */
  readonly actual: Schema
  /** What the models say, with names as the database spells them where it takes both spellings for one. */
  readonly tables: readonly ModelTable[]
  readonly autogeneration: Autogeneration
}

/**
 * Reads a database, and finds out what the models want of it.
 *
 * @throws MigratorError `INVALID_MODEL`, `MODEL_NOT_CREATABLE`, `SHADOW_NOT_ALLOWED`, `NOT_AVAILABLE`, and those of the database.
 */
export const readWanted = (options: ReadWantedOptions): Promise<ActualAndWanted> =>
  withSaid(options, (said) => readBoth(options, said))

/**
 * The same, where the database is not known to be as the models want it without being read.
 *
 * @param isLeftAlone - Whether a table that no model is on may be there.
 * @returns Undefined where it is known.
 * @throws As {@link readWanted}.
 */
export const readUnlessAsWanted = (
  options: ReadWantedOptions,
  isLeftAlone: (table: QualifiedName) => boolean,
): Promise<ActualAndWanted | undefined> =>
  withSaid(options, async (said) => {
    const { reader, tables, facts, translator } = said
    const isKnown =
      translator.areAsMade !== undefined &&
      areKeysAmong(tables, facts) &&
      (await translator.areAsMade(reader, tables, isLeftAlone))
    return isKnown ? undefined : readBoth(options, said)
  })

/** What the models say, and what it takes to find out what that is to the engine. */
interface Said {
  readonly dialect: Dialect
  readonly autogeneration: Autogeneration
  readonly reader: Reader
  readonly tables: readonly ModelTable[]
  readonly facts: ServerFacts
  readonly translator: Translator
}

const withSaid = async <T>(options: ReadWantedOptions, use: (said: Said) => Promise<T>): Promise<T> => {
  const { sequelize, choose = (all) => all } = options
  const dialect = dialectOf(sequelize)
  const autogeneration = await autogenerationOf(dialect)
  const tables = choose(modelTablesOf(options.models, sequelize))
  const reader: Reader = { select: (sql) => selectWith(sequelize, sql, null) }
  try {
    const facts = await autogeneration.facts(reader, tables)
    const translator = autogeneration.translator(sequelize, facts)
    return await use({ dialect, autogeneration, reader, tables, facts, translator })
  } catch (error) {
    throw databaseError(error, sequelize, dialect, 0)
  }
}

const readBoth = async (
  options: ReadWantedOptions,
  { dialect, autogeneration, reader, tables: said, facts, translator }: Said,
): Promise<ActualAndWanted> => {
  const { looksEqual } = options
  const actual = canonicalSchema(await dialect.reflect(reader, schemasToReflect(said, facts)))
  const blind = { tables: facts.tablesIgnoreCase, indexes: autogeneration.traits.columnsIgnoreCase }
  const tables = withStoredNames(said, actual, blind)
  const wanted = await wantedSchema({
    actual,
    tables,
    facts,
    translate: (table, there) => translator.translate(table, there),
    shadow: (unsure, stubs) => shadowOf(options, facts, unsure, stubs),
    ...(looksEqual === undefined ? {} : { looksEqual }),
  })
  return { ...wanted, actual, tables, autogeneration }
}

const autogenerationOf = async (dialect: Dialect): Promise<Autogeneration> => {
  const autogeneration = await dialect.autogeneration?.()
  if (autogeneration !== undefined) return autogeneration
  throw new MigratorError(
    'NOT_AVAILABLE',
    `Models cannot be compared with a database of ${dialect.label} yet. Nothing was read.`,
  )
}

/**
 * Makes model tables in the engine's shadow, and reads them back.
 *
 * @throws MigratorError `MODEL_NOT_CREATABLE`, `SHADOW_NOT_ALLOWED`, and those of the database.
 */
export const shadowOf = async (
  { sequelize, shadow }: Pick<ReadWantedOptions, 'sequelize' | 'shadow'>,
  facts: ServerFacts,
  tables: readonly ModelTable[],
  stubs: readonly Table[],
): Promise<Schema> => {
  const dialect = dialectOf(sequelize)
  const autogeneration = await autogenerationOf(dialect)
  try {
    return await autogeneration.shadow({
      sequelize,
      tables,
      stubs,
      facts,
      ...(shadow === undefined ? {} : { url: shadow.url }),
      openSession: (instance) => openOwnedSession(instance, dialect.capabilities.pooled),
    })
  } catch (error) {
    throw shadowError(error, sequelize, dialect)
  }
}

const shadowError = (error: unknown, sequelize: Sequelize, dialect: Dialect): MigratorError => {
  const isOurs = error instanceof ModelRefused || error instanceof ShadowRefused
  // A lost connection is no fault of the model whose table was being made.
  const isLost = isOurs && error.cause !== undefined && isOfConnection(dialect, error.cause)
  if (!isOurs || (error instanceof ModelRefused && isLost))
    return databaseError(isOurs ? error.cause : error, sequelize, dialect, 0)
  const details = error.cause === undefined ? {} : { cause: redactCause(error.cause, sequelize) }
  if (error instanceof ShadowRefused)
    return new MigratorError(
      'SHADOW_NOT_ALLOWED',
      `The tables of the models are made out of sight to be compared, and ${redact(error.fault, sequelize)}. ` +
        `Nothing was changed. It takes ${error.remedy}, or another database for it: \`shadow: { url }\`.`,
      details,
    )
  const { models, table } = error
  const name = table.schema === null ? table.name : `${table.schema}.${table.name}`
  const subject =
    models.length === 0
      ? `The table "${name}", to which a model refers`
      : `The table "${name}" of the ${models.length > 1 ? 'models' : 'model'} ${models.map((one) => `"${one}"`).join(' and ')}`
  return new MigratorError(
    'MODEL_NOT_CREATABLE',
    `${subject} is refused by ${dialect.label}: ${redact(wordsOf(error.cause), sequelize)}. Nothing was changed. Correct the model: ` +
      '`sync()` would be refused alike.',
    { ...details, subject: models[0] ?? name },
  )
}

const isOfConnection = (dialect: Dialect, error: unknown): boolean =>
  ['CANNOT_CONNECT', 'READ_ONLY_DATABASE'].includes(dialect.classify(error) ?? '')

/** The server's words, with what it adds to them: which columns, of which types. */
const wordsOf = (error: unknown): string => {
  const { parent } = error as { readonly parent?: { readonly detail?: unknown } }
  const detail = typeof parent?.detail === 'string' ? ` (${parent.detail.replace(/\.\s*$/u, '')})` : ''
  return `${messageOf(error)}${detail}`
}

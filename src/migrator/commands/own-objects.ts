import type { QualifiedName } from '../schema/schema.js'
import type { CommandContext } from './context.js'

/** Umzug's and sequelize-cli's. */
const FOREIGN_RECORD = 'SequelizeMeta'
/** What `defineSm2Models` calls its models; a host that has ejected the shipped revision keeps the tables as they were made. */
const SHIPPED_MODELS: ReadonlySet<string> = new Set(['Sm2Card', 'Sm2Review'])

/**
 * What is never compared: the tables of the migrator, the shipped ones, and the record of another tool.
 *
 * @param models - Each with its name and its table, to find the shipped tables where only their models tell.
 */
export const isOwn = (
  { config, table }: CommandContext,
  models: readonly {
    readonly models: readonly string[]
    readonly name: string
    readonly schema: string | null
  }[],
): ((object: QualifiedName) => boolean) => {
  const { baseline } = config
  const shipped =
    baseline === false
      ? []
      : ['cards', 'reviews'].map((name) => ({
          schema: baseline.schema ?? null,
          name: baseline.prefix + name,
        }))
  const byModel = models.filter((one) => one.models.every((name) => SHIPPED_MODELS.has(name)))
  const own: readonly QualifiedName[] = [...table.tables, ...shipped, ...byModel]
  return (object) =>
    object.name === FOREIGN_RECORD ||
    // The connection's own schema has no name in a schema as a value, and may have one in the options.
    own.some(
      ({ schema, name }) => name === object.name && (object.schema === null || object.schema === schema),
    )
}

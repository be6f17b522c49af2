import { MigratorError } from '../errors.js'

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(' and ')

/**
 * A model that cannot be a table.
 *
 * @param models - Their names.
 * @param fault - What is wrong, as the rest of a sentence about them; without a full stop.
 */
export const invalidModel = (models: readonly string[], fault: string): MigratorError => {
  const [first = ''] = models
  return new MigratorError(
    'INVALID_MODEL',
    `${models.length > 1 ? 'The models' : 'The model'} ${quoted(models)} cannot be compared with a database: ${fault}. ` +
      `Nothing was changed. Correct it, or say \`sm2kit: { ignore: true }\` in the model's options.`,
    { subject: first },
  )
}

/** How a table is called in messages. */
export const tableText = (table: { readonly schema: string | null; readonly name: string }): string =>
  table.schema === null ? table.name : `${table.schema}.${table.name}`

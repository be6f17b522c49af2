import type { QueryInterface, Sequelize, DataTypes as SequelizeDataTypes } from 'sequelize'

/** The name of a table as SQL, with its schema as this engine writes it. Sequelize does not declare its generator. */
export const quoteTable = (queryInterface: QueryInterface, table: unknown): string =>
  (
    queryInterface as unknown as { queryGenerator: { quoteTable(table: unknown): string } }
  ).queryGenerator.quoteTable(table)

/** The data types of the host's own copy of Sequelize: nothing is imported that it does not run already. */
export const dataTypesOf = (sequelize: Sequelize): typeof SequelizeDataTypes =>
  (sequelize.constructor as typeof Sequelize & { readonly DataTypes: typeof SequelizeDataTypes }).DataTypes

interface Generator {
  quoteIdentifier(name: string, force?: boolean): string
}

/** By Sequelize's own; each step of a thousand would make the same. */
const quoting = new WeakMap<Generator, Generator>()

/**
 * Lets the QueryInterface's own statements quote any name, where Sequelize takes the quotes out of it instead of doubling
 * them.
 *
 * @param queryInterface - Bound to a step; Sequelize's own one stays as it is.
 * @param overrides - Further methods of the generator that are replaced; of an engine always the same.
 */
export const quoteAnyName = (queryInterface: QueryInterface, overrides: object = {}): void => {
  const { queryGenerator } = queryInterface as unknown as { queryGenerator: Generator }
  const value = quoting.get(queryGenerator) ?? quotingAnyName(queryGenerator, overrides)
  quoting.set(queryGenerator, value)
  Object.defineProperty(queryInterface, 'queryGenerator', { value })
}

const quotingAnyName = (queryGenerator: Generator, overrides: object): Generator => {
  const quoteIdentifier = (name: string, force?: boolean): string =>
    // In backquotes from end to end it is quoted already.
    name.includes('`') && !/^`[\s\S]*`$/u.test(name)
      ? `\`${name.replaceAll('`', '``')}\``
      : queryGenerator.quoteIdentifier(name, force)
  return Object.assign(Object.create(queryGenerator) as Generator, { quoteIdentifier }, overrides)
}

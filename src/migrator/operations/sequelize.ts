import type { QueryInterface, Sequelize, DataTypes as SequelizeDataTypes } from 'sequelize'

/** The name of a table as SQL, with its schema as this engine writes it. Sequelize does not declare its generator. */
export const quoteTable = (queryInterface: QueryInterface, table: unknown): string =>
  (
    queryInterface as unknown as { queryGenerator: { quoteTable(table: unknown): string } }
  ).queryGenerator.quoteTable(table)

/** The data types of the host's own copy of Sequelize: nothing is imported that it does not run already. */
export const dataTypesOf = (sequelize: Sequelize): typeof SequelizeDataTypes =>
  (sequelize.constructor as typeof Sequelize & { readonly DataTypes: typeof SequelizeDataTypes }).DataTypes

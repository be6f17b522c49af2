import type { QualifiedName, Schema, Table } from './schema.js'

/** A text that two names share exactly when they are the same; any character may stand in a name. */
export const nameKey = ({ schema, name }: QualifiedName): string => JSON.stringify([schema, name])

/** Whether two names name the same thing. */
export const isSameName = (one: QualifiedName, other: QualifiedName): boolean =>
  one.schema === other.schema && one.name === other.name

/** The name alone, without what else the value has. */
export const nameOf = ({ schema, name }: QualifiedName): QualifiedName => ({ schema, name })

/** For people: `users`, `other.users`. */
export const nameText = ({ schema, name }: QualifiedName): string =>
  schema === null ? name : `${schema}.${name}`

/** The table of that name, if the schema has it. */
export const findTable = (schema: Schema, name: QualifiedName): Table | undefined =>
  schema.tables.find((table) => isSameName(table, name))

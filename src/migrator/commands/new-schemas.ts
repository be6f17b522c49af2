import type { Autogeneration } from '../dialect-autogenerate.js'
import type { Reader } from '../dialect-session.js'
import type { Operation } from '../operations/operation.js'

/** The schema that an operation puts something into. */
const placeOf = (operation: Operation): string | null => {
  switch (operation.kind) {
    case 'createTable':
      return operation.table.schema
    case 'createEnum':
      return operation.enumType.schema
    case 'renameTable':
    case 'renameEnum':
      return operation.to.schema
    default:
      return null
  }
}

/** The operations, after those that make the schemas that are not there; nothing is asked where all is in the current one. */
export const withNewSchemas = async (
  operations: readonly Operation[],
  reader: Reader,
  { missingSchemas }: Autogeneration,
): Promise<readonly Operation[]> => {
  const places = new Set(operations.map(placeOf).filter((schema) => schema !== null))
  if (places.size === 0 || missingSchemas === undefined) return operations
  const missing = await missingSchemas(reader, [...places].sort())
  return [
    ...missing.map((schema): Operation => ({ kind: 'createSchema', schema, hazards: [] })),
    ...operations,
  ]
}

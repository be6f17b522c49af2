import type { Reader } from '../../dialect.js'
import type { Schema } from '../../schema/schema.js'

export const reflectSqlite = async (_reader: Reader): Promise<Schema> => ({ tables: [], enums: [] })

import type { Generated } from '../../schema/schema.js'
import { refuse, type Statements } from './statements.js'

/** The first version that computes a column when it is read. */
const VIRTUAL = 180000

/**
 * Refuses a virtual column where the server has none. Without a database nobody knows.
 *
 * @param attributes - As an author describes columns.
 * @see https://www.postgresql.org/docs/18/ddl-generated-columns.html
 */
export const refuseVirtual = async (
  statements: Statements,
  what: string,
  attributes: readonly unknown[],
): Promise<void> => {
  if (!attributes.some(isVirtual)) return
  const rows = await statements.look<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  )
  const version = rows?.[0]?.version
  if (version === undefined || version >= VIRTUAL) return
  throw refuse(
    what,
    `PostgreSQL has virtual columns from version 18 on, and this is ${Math.floor(version / 10_000)}. Nothing of it was done. Say \`stored: true\``,
  )
}

const isVirtual = (attribute: unknown): boolean => {
  const { generated } = (attribute ?? {}) as { readonly generated?: Generated | null }
  return generated != null && !generated.stored
}

import { refuse } from './refusal.js'
import { TokenReader } from './sql-text/token-reader.js'
import { isSameName, isWord, quoteName } from './sql-text/tokens.js'
import { objectsOf, readTable, type Statements } from './stored-table.js'

/** `op.renameIndex`: the index is made again from its text, under the other name. */
export const renameIndex = async (
  statements: Statements,
  name: string,
  { from, to }: { readonly from: string; readonly to: string },
  what: string,
): Promise<void> => {
  const table = await readTable(statements, name, what)
  const index = objectsOf(table, 'index').find((object) => isSameName(object.name, from))
  const text = index === undefined ? undefined : withIndexName(index.sql, to)
  if (index === undefined || text === undefined)
    throw refuse(
      what,
      table.name,
      `there is no index "${from}" of its own; one that belongs to a constraint is not renamed`,
    )
  await statements.run(`DROP INDEX ${quoteName(index.name)}`)
  await statements.run(text)
}

/** An index that is to be a unique constraint. */
interface IndexTaken {
  readonly index: string
  /** Of the constraint. */
  readonly name: string
}

/** What `op.addConstraint` says with `usingIndex`. */
export const indexTaken = (options: unknown): IndexTaken | undefined => {
  const { type, name, usingIndex } = (options ?? {}) as Readonly<Record<string, unknown>>
  if (typeof usingIndex !== 'string' || String(type).toLowerCase() !== 'unique') return undefined
  return { index: usingIndex, name: typeof name === 'string' ? name : usingIndex }
}

/** A unique index says all that a unique constraint does: it gets the name of the constraint. */
export const takeIndex = async (
  statements: Statements,
  table: string,
  { index, name }: IndexTaken,
  what: string,
): Promise<void> => {
  if (statements.isCollected && isSameName(index, name)) return
  const stored = await readTable(statements, table, what)
  const found = objectsOf(stored, 'index').find((object) => isSameName(object.name, index))
  if (found === undefined || !/^CREATE\s+UNIQUE\s/iu.test(found.sql))
    throw refuse(what, stored.name, `there is no unique index "${index}" of its own`)
  if (!isSameName(index, name)) await renameIndex(statements, table, { from: index, to: name }, what)
}

/** The stored text of an index under another name; undefined for a text that is none. */
const withIndexName = (sql: string, name: string): string | undefined => {
  const reader = TokenReader.of(sql)
  if (!reader.takes('CREATE')) return undefined
  reader.takes('UNIQUE')
  if (!reader.takes('INDEX')) return undefined
  reader.takes('IF', 'NOT', 'EXISTS')
  if (isWord(reader.peek(1), '.')) {
    reader.skip()
    reader.skip()
  }
  const token = reader.skip()
  return sql.slice(0, token.start) + quoteName(name) + sql.slice(token.start + token.text.length)
}

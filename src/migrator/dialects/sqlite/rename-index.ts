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

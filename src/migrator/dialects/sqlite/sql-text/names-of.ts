import { TokenReader } from './token-reader.js'
import { foldName, isName, nameOf, namesIn } from './tokens.js'

/** Names in an index's columns and condition, folded. */
export const namesOfIndex = (sql: string): ReadonlySet<string> => {
  const reader = TokenReader.of(sql)
  while (!reader.isAtEnd) {
    const group = reader.group()
    if (group !== undefined)
      return new Set([...namesIn(group), ...namesIn(sql.slice(sql.indexOf(group) + group.length))])
    reader.skip()
  }
  return new Set()
}

/** What stands in `UPDATE OF …` of a trigger: SQLite keeps a trigger whose column is gone, and never runs it. */
export const updatedColumns = (sql: string): ReadonlySet<string> => {
  const reader = TokenReader.of(sql)
  while (!reader.isAtEnd && !reader.takes('UPDATE', 'OF')) {
    if (reader.takes('BEGIN')) return new Set()
    reader.skip()
  }
  const names = new Set<string>()
  while (!reader.isAtEnd && !reader.takes('ON')) {
    const token = reader.skip()
    if (isName(token)) names.add(foldName(nameOf(token)))
  }
  return names
}

import type { QualifiedName } from '../schema/schema.js'
import { columnsIn, readAction, wordsOf } from './read-alter.js'
import type { SqlStatement } from './sql-statement.js'
import { tokensOfSql } from './sql-tokens.js'
import { TokenReader } from './token-reader.js'

const DDL = new Set(['CREATE', 'ALTER', 'DROP', 'RENAME', 'COMMENT', 'REINDEX', 'VACUUM', 'CLUSTER'])

/** What a statement does. Of any engine: what one of them does not have does not come. Never throws: what is not known is `other`. */
export const readStatement = (sql: string): SqlStatement => {
  const reader = new TokenReader(tokensOfSql(sql), sql)
  const unknown: SqlStatement = { kind: 'other', words: wordsOf(reader), isDdl: DDL.has(reader.peek() ?? '') }
  if (reader.take('CREATE')) return readCreate(reader) ?? unknown
  if (reader.take('DROP')) return readDrop(reader) ?? unknown
  if (reader.take('ALTER')) return readAlter(reader) ?? unknown
  if (reader.take('RENAME', 'TABLE')) return readRenames(reader)
  if (reader.take('SET')) return readSet(reader) ?? unknown
  return readWrite(reader) ?? unknown
}

const readCreate = (reader: TokenReader): SqlStatement | undefined => {
  reader.take('OR', 'REPLACE')
  const isTable = ['GLOBAL', 'LOCAL', 'TEMP', 'TEMPORARY', 'UNLOGGED'].map((word) => reader.take(word))
  if (reader.take('TABLE')) {
    reader.take('IF', 'NOT', 'EXISTS')
    const table = reader.qualified()
    return table === undefined ? undefined : { kind: 'createTable', table, references: referencesIn(reader) }
  }
  if (isTable.includes(true)) return undefined
  const unique = reader.take('UNIQUE')
  const before = ['FULLTEXT', 'SPATIAL'].find((word) => reader.take(word)) ?? ''
  if (!reader.take('INDEX')) return undefined
  const isConcurrent = reader.take('CONCURRENTLY')
  reader.take('IF', 'NOT', 'EXISTS')
  const name = reader.peek() === 'ON' ? '' : (reader.qualified()?.name ?? '')
  const using = reader.behind('USING')?.name()?.toLowerCase() ?? ''
  if (!reader.take('ON')) {
    // MySQL's way: USING before ON.
    reader.take('USING')
    reader.name()
    if (!reader.take('ON')) return undefined
  }
  reader.take('ONLY')
  const table = reader.qualified()
  if (table === undefined) return undefined
  if (reader.take('USING')) reader.name()
  const columns = columnsIn(reader.brackets())
  return { kind: 'createIndex', name, table, unique, isConcurrent, columns, method: before || using }
}

const referencesIn = ({ tokens, sql }: TokenReader): readonly QualifiedName[] =>
  tokens.flatMap(({ kind, value }, at) =>
    kind === 'word' && value === 'REFERENCES'
      ? (new TokenReader(tokens.slice(at + 1), sql).qualified() ?? [])
      : [],
  )

const namesIn = (reader: TokenReader): readonly QualifiedName[] =>
  reader.parts().flatMap((part) => part.qualified() ?? [])

const readDrop = (reader: TokenReader): SqlStatement | undefined => {
  reader.take('TEMPORARY')
  if (reader.take('TABLE')) {
    reader.take('IF', 'EXISTS')
    return { kind: 'dropTable', tables: namesIn(reader) }
  }
  if (!reader.take('INDEX')) return undefined
  const isConcurrent = reader.take('CONCURRENTLY')
  reader.take('IF', 'EXISTS')
  const name = reader.qualified()
  const table = reader.take('ON') ? (reader.qualified() ?? null) : null
  return name === undefined ? undefined : { kind: 'dropIndex', name, table, isConcurrent }
}

const readAlter = (reader: TokenReader): SqlStatement | undefined => {
  reader.take('ONLINE')
  reader.take('IGNORE')
  if (!reader.take('TABLE')) return undefined
  reader.take('IF', 'EXISTS')
  reader.take('ONLY')
  const table = reader.qualified()
  reader.take('*')
  if (table === undefined) return undefined
  return { kind: 'alterTable', table, actions: reader.parts().map(readAction) }
}

const readRenames = (reader: TokenReader): SqlStatement => {
  reader.take('IF', 'EXISTS')
  const pairs = reader.parts().flatMap((part) => {
    const from = part.qualified()
    const to = part.take('TO') ? part.qualified() : undefined
    return from === undefined || to === undefined ? [] : [{ from, to }]
  })
  return { kind: 'renameTables', pairs }
}

const readSet = (reader: TokenReader): SqlStatement | undefined => {
  for (const word of ['SESSION', 'LOCAL', 'GLOBAL']) reader.take(word)
  const name = reader.name()?.toLowerCase()
  if (name === undefined || !(reader.take('=') || reader.take('TO'))) return undefined
  return { kind: 'set', name, value: reader.textUntil(new Set()) }
}

const readWrite = (reader: TokenReader): SqlStatement | undefined => {
  const write = (
    verb: 'UPDATE' | 'DELETE' | 'TRUNCATE' | 'INSERT',
    from: QualifiedName | null = null,
  ): SqlStatement | undefined => {
    reader.take('ONLY')
    const table = reader.qualified()
    return table === undefined
      ? undefined
      : { kind: 'write', verb, table, hasWhere: reader.has('WHERE') || reader.has('LIMIT'), from }
  }
  if (reader.take('TRUNCATE')) {
    reader.take('TABLE')
    return write('TRUNCATE')
  }
  if (reader.take('DELETE', 'FROM')) return write('DELETE')
  if (reader.take('UPDATE')) {
    if (reader.take('OR')) reader.skip()
    for (const word of ['LOW_PRIORITY', 'IGNORE']) reader.take(word)
    return write('UPDATE')
  }
  if (reader.take('INSERT')) {
    if (reader.take('OR')) reader.skip()
    reader.take('IGNORE')
    if (!reader.take('INTO')) return undefined
    const isSelect = reader.has('SELECT')
    return write('INSERT', isSelect ? (reader.behind('FROM')?.qualified() ?? null) : null)
  }
  return undefined
}

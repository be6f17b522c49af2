import type { Reader } from './dialect-session.js'

/** A table to be gone through page by page. */
export interface PagedTable {
  /** As SQL names it, quotes and schema included. */
  readonly quoted: string
}

/** The SQL of a key, for statements that know the table by one name. */
export interface PageSql {
  /** Expressions of texts that say together, exactly, where a row stands. */
  readonly cursor: readonly string[]
  /** What to sort by, so that rows stand in the order in which conditions on the cursor compare them. */
  readonly order: readonly string[]
  /** Condition: the row stands behind the one with this cursor. */
  behind(cursor: readonly string[]): string
  /** Condition: it is that row, or stands before it. */
  upTo(cursor: readonly string[]): string
}

/** What a table is paged by: its primary key, with the engine's own comparison of its values. */
export interface PageKey {
  /** In the order of the key. */
  readonly columns: readonly string[]
  /** `SELECT *` does not give them. */
  readonly isHidden: boolean
  /** Rows of the table, as far as the engine knows that without counting. */
  readonly estimate?: number
  /** Why what is written to the table is not undone by a rollback, where that is so; part of a sentence. */
  readonly outsideTransactions?: string
  /** @param qualifier - Put before each column: empty, or the quoted name of the table in the statement and a full stop. */
  sql(qualifier: string): PageSql
}

/** Why a table cannot be paged; part of a sentence that begins with its name. `missing`: there is no such table. */
export interface NoPageKey {
  readonly refusal: string
  readonly missing: boolean
}

/** Finds out what a table is paged by. */
export type FindPageKey = (reader: Reader, table: PagedTable) => Promise<PageKey | NoPageKey>

/** How one column of a key compares with a text of a cursor. */
export interface PageColumn {
  above(text: string): string
  below(text: string): string
  same(text: string): string
  /** Like `above`, or the same. */
  from(text: string): string
  /** Like `below`, or the same. */
  to(text: string): string
}

/** The conditions of several columns, the first one first, on engines that find no index for a comparison of rows. */
export const columnByColumn = (columns: readonly PageColumn[]): Pick<PageSql, 'behind' | 'upTo'> => {
  // The first line of each is what an index is searched by.
  const compare = (place: number, cursor: readonly string[], isBehind: boolean): string => {
    const column = columns[place]
    const text = cursor[place] ?? ''
    if (column === undefined) return '1 = 1'
    const [outside, bound] = isBehind
      ? [column.above(text), column.from(text)]
      : [column.below(text), column.to(text)]
    if (place === columns.length - 1) return isBehind ? outside : bound
    return `(${bound} AND (${outside} OR (${column.same(text)} AND ${compare(place + 1, cursor, isBehind)})))`
  }
  return {
    behind: (cursor) => compare(0, cursor, true),
    upTo: (cursor) => compare(0, cursor, false),
  }
}

/** How long statements may wait and run; in milliseconds. */
export interface Timeouts {
  readonly lockMs?: number
  readonly statementMs?: number
}

/** A setting of a connection that holds a time-out. */
export interface TimeoutSetting {
  /** The wanted value, as the engine writes it. */
  readonly value: string
  /** The present value; nothing where this server has no such setting. */
  read(reader: Reader): Promise<string | undefined>
  set(value: string): string
  /** Back to what the connection began with, for scripts, where nobody can read what it was. */
  readonly reset: string
}

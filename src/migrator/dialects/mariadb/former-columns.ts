import type { ColumnDefinition } from './column-definition.js'

/**
 * Columns as the statements that were collected before leave them: nothing was run, so the database does not know. Names
 * of tables and columns that were changed are followed.
 */
export class FormerColumns {
  readonly #known = new Map<string, Map<string, ColumnDefinition>>()

  /** What is known of a column. */
  of(table: string, column: string): ColumnDefinition | undefined {
    return this.#known.get(table)?.get(column.toLowerCase())
  }

  set(table: string, column: string, definition: ColumnDefinition): void {
    const columns = this.#known.get(table) ?? new Map<string, ColumnDefinition>()
    this.#known.set(table, columns.set(column.toLowerCase(), definition))
  }

  renameColumn(table: string, before: string, after: string): void {
    const definition = this.of(table, before)
    this.#known.get(table)?.delete(before.toLowerCase())
    if (definition !== undefined) this.set(table, after, definition)
  }

  renameTable(before: string, after: string): void {
    const columns = this.#known.get(before)
    this.#known.delete(before)
    if (columns !== undefined) this.#known.set(after, columns)
  }

  dropTable(table: string): void {
    this.#known.delete(table)
  }
}

import type { EnumToMake } from './column-type.js'
import { type Named, type Names, sqlText } from './names.js'
import type { Statements } from './statements.js'

// What uses a type: columns, arguments of functions, domains and whatever else the catalog knows; not its own array type.
const USES = `FROM pg_depend p WHERE p.refclassid = 'pg_type'::regclass AND p.refobjid IN (e.oid, e.typarray)
  AND NOT (p.classid = 'pg_type'::regclass AND p.objid = e.typarray)`

interface EnumRow {
  /** SQL. */
  readonly sql: string
}

/**
 * Enum types that nothing uses any more, because the step has dropped the table or the column that did. They go when the
 * step's function has returned, so that an author who drops them by hand, as Sequelize 6 made everybody do, still can.
 */
export class Orphans {
  readonly #types = new Set<string>()
  /** Uses that are gone in a step whose statements are not sent: the catalog still has them. */
  readonly #goneUses: string[] = []
  #isScheduled = false

  constructor(
    readonly names: Names,
    readonly atEnd: (task: () => Promise<void>) => void,
  ) {}

  /**
   * The enum types of a table, or of one of its columns, that nothing else uses.
   *
   * @returns As SQL.
   */
  async usedOnlyBy(statements: Statements, table: Named, column?: string): Promise<readonly string[]> {
    const which = column === undefined ? '' : ` AND a.attname = ${sqlText(this.names.kept(column))}`
    const mine = `SELECT a.attrelid, a.attnum, a.atttypid FROM pg_attribute a
      WHERE a.attrelid = ${this.names.regclass(table)} AND a.attnum > 0 AND NOT a.attisdropped${which}`
    const gone = this.#goneUses.map((use) => `AND (p.objid, p.objsubid) NOT IN (${use})`).join(' ')
    // Checks, defaults and indexes of the same column name the type too, and go with it.
    const ownParts = `AND NOT (p.classid = 'pg_class'::regclass AND p.objid = m.attrelid AND p.objsubid ${column === undefined ? '>= 0' : '= m.attnum'})
      AND NOT EXISTS (SELECT FROM pg_depend o WHERE o.classid = p.classid AND o.objid = p.objid AND o.deptype IN ('a', 'i')
        AND o.refclassid = 'pg_class'::regclass AND o.refobjid = m.attrelid AND o.refobjsubid ${column === undefined ? '>= 0' : '= m.attnum'})`
    const rows = await statements.look<EnumRow>(
      `SELECT DISTINCT e.oid::regtype::text AS sql FROM (${mine}) m JOIN pg_type e ON e.typtype = 'e' AND m.atttypid IN (e.oid, e.typarray)
       WHERE NOT EXISTS (SELECT ${USES} ${ownParts} ${gone})`,
    )
    if (statements.mode === 'collected') {
      this.#goneUses.push(
        `SELECT a.attrelid, a.attnum FROM pg_attribute a WHERE a.attrelid = ${this.names.regclass(table)}${which}`,
      )
    }
    return (rows ?? []).map(({ sql }) => sql)
  }

  /**
   * Drops a table or a column, and leaves its enum types for the end. In a journal they go with it: after a crash between the
   * two nobody would know them any more.
   */
  async dropWith(
    statements: Statements,
    as: string,
    drop: string,
    table: Named,
    column?: string,
  ): Promise<void> {
    let left: readonly string[] = []
    await statements.together(as, async () => {
      const types = await this.usedOnlyBy(statements, table, column)
      if (statements.mode === 'numbered') return [drop, ...types.map((type) => `DROP TYPE ${type}`)]
      left = types
      return [drop]
    })
    this.leave(statements, left)
  }

  /** These go at the end of the step, unless something uses them by then. */
  leave(statements: Statements, types: readonly string[]): void {
    for (const type of types) this.#types.add(type)
    if (types.length === 0 || this.#isScheduled) return
    this.#isScheduled = true
    this.atEnd(() => this.#drop(statements))
  }

  /** Drops those now whose names new types are to have. */
  async makeRoomFor(statements: Statements, enums: readonly EnumToMake[]): Promise<void> {
    if (this.#types.size > 0) for (const { named } of enums) await this.#makeRoom(statements, named)
  }

  async #makeRoom(statements: Statements, named: Named): Promise<void> {
    const rows = await statements.look<EnumRow>(`SELECT ${this.names.regtype(named)}::text AS sql`)
    const [row] = rows ?? []
    if (row === undefined || !this.#types.delete(row.sql)) return
    const unused = await this.#unused(statements, [row.sql])
    for (const type of unused) await statements.run(`DROP TYPE ${type}`)
  }

  async #drop(statements: Statements): Promise<void> {
    const types = [...this.#types]
    const unused = statements.mode === 'collected' ? types : await this.#unused(statements, types)
    for (const type of unused) await statements.run(`DROP TYPE IF EXISTS ${type}`)
  }

  async #unused(statements: Statements, types: readonly string[]): Promise<readonly string[]> {
    if (types.length === 0 || statements.mode === 'collected') return types
    const list = types.map((type) => `to_regtype(${sqlText(type)})`).join(', ')
    const rows = await statements.look<EnumRow>(
      `SELECT e.oid::regtype::text AS sql FROM pg_type e WHERE e.oid IN (${list}) AND NOT EXISTS (SELECT ${USES})`,
    )
    return (rows ?? []).map(({ sql }) => sql)
  }
}

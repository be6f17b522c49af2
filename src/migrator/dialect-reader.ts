/** Whatever can send a typed SELECT: a session, or an instance on any connection of its pool. */
export interface Reader {
  select<Row extends object>(sql: string): Promise<readonly Row[]>
}

/** A call of a method of `op`, as a value: it can be made, and be written as source. */
export interface OpCall {
  /** Of `op`; `sequelize.query` is `op.sequelize.query`. */
  readonly method: string
  readonly values: readonly unknown[]
  /** Lines above it, without the slashes. */
  readonly comment?: readonly string[]
  /** The name of a constant that its result goes into. */
  readonly result?: string
}

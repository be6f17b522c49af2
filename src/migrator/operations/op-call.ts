/** A call of a method of `op`, as a value: it can be made, and be written as source. */
export interface OpCall {
  /** Of `op`; `sequelize.query` is `op.sequelize.query`. */
  readonly method: string
  readonly values: readonly unknown[]
  /** Lines above it, without the slashes. */
  readonly comment?: readonly string[]
  /** The name of a constant that its result goes into; later calls have it as a {@link ResultOf}. */
  readonly result?: string
  /** A function that is its last argument, and what that calls on its parameter: `op.alterTable('t', (t) => { … })`. */
  readonly block?: OpBlock
}

/** A function as a value: its parameter, and the calls of that parameter's methods. */
export interface OpBlock {
  readonly parameter: string
  readonly calls: readonly OpCall[]
}

/** The result of an earlier call, wherever it stands in a value. */
export class ResultOf {
  /** @param name - As {@link OpCall.result} says it. */
  constructor(readonly name: string) {}
}

/** A call of a method. */
export const opCall = (method: string, ...values: readonly unknown[]): OpCall => ({ method, values })

/** A statement that is sent as it is. */
export const sqlCall = (sql: string): OpCall => opCall('sequelize.query', sql)

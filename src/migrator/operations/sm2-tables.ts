/** Which type the host's own ids have in the shipped tables: text of up to 255 characters, UUID, or 64-bit integer. */
export type IdKind = 'string' | 'uuid' | 'bigint'

/** Names and id types of the shipped tables. */
export interface Sm2TableOptions {
  /** Put before `cards` and `reviews`. Default `sm2_`. */
  readonly prefix: string
  /** Schema of the tables. Default: the connection's own. */
  readonly schema?: string
  /** Type of `learner_id`. Default `string`. */
  readonly learnerId: IdKind
  /** Type of `item_id`. Default `string`. */
  readonly itemId: IdKind
}

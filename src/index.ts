/**
 * The three entries of sm2kit in one: the scheduler, the migrator, and the shipped tables in use.
 *
 * @module sm2kit
 */
export * from './cards/index.js'
// Each of the two halves works alone and names it; it is one type.
export type { IdKind } from './migrator/index.js'
export * from './migrator/index.js'
export * from './sm2/index.js'

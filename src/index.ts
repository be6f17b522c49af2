/**
 * The three entries of sm2kit in one: the scheduler, the migrator, and the shipped tables in use.
 *
 * @module sm2kit
 */
export * from './cards/index.js'
export * from './migrator/index.js'
export * from './sm2/index.js'

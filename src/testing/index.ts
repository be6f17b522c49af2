/**
 * Assertions about models and migrations, for any test framework.
 *
 * @module sm2kit/testing
 */
export { expectModelsMatch } from './expect-models-match.js'
export { expectRoundTrip } from './expect-round-trip.js'

/**
 * The shipped tables in use: models, recording a review, the due queue, importing and rebuilding.
 *
 * @packageDocumentation
 */

export { type DueOptions, dueCards } from './due-cards.js'
export { CardsError, type CardsErrorCode } from './errors.js'
export { deriveReviewId, type Sm2Id } from './ids.js'
export {
  type ImportOptions,
  type ImportProgress,
  type ImportResult,
  importReviews,
  type ReviewToImport,
} from './import-reviews.js'
export type {
  CardAttributes,
  CardModel,
  ReviewAttributes,
  ReviewKind,
  ReviewModel,
  Sm2Database,
  Sm2IdKind,
  Sm2ModelOptions,
  Sm2Models,
} from './model-types.js'
export { defineSm2Models } from './models.js'
export type { ReviewInput } from './new-review.js'
export type { StoredCard } from './read-rows.js'
export { type RebuildOptions, type RebuildResult, rebuildCards } from './rebuild-cards.js'
export { type ReviewToRecord, recordReview } from './record-review.js'
export { type ReviewToUndo, undoReview } from './undo-review.js'

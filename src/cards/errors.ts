/**
 * Every code that a {@link CardsError} can carry.
 *
 * @example
 * ```ts
 * import { CardsError, type CardsErrorCode } from 'sm2kit/cards'
 *
 * const canBeSentAgain: readonly CardsErrorCode[] = ['BUSY']
 * canBeSentAgain.includes(new CardsError('BUSY', '', 'Try again.').code) // => true
 * ```
 */
export type CardsErrorCode =
  /** An option of a function, or the database handle itself, is not what it must be. */
  | 'INVALID_OPTION'
  /** A review that was handed in is malformed: an id, an instant, a kind. */
  | 'INVALID_REVIEW'
  /** The id of the review belongs to a review with other content. */
  | 'REVIEW_CONFLICT'
  /** No review has this id. */
  | 'REVIEW_NOT_FOUND'
  /** The database takes two different ids for the same one (a collation that ignores case or trailing spaces). */
  | 'ID_COLLISION'
  /** `defineSm2Models` has not been called on this instance of Sequelize. */
  | 'MODELS_NOT_DEFINED'
  /** The tables are not in the database. */
  | 'TABLES_MISSING'
  /** Other writers held the database, or the card, for too long. */
  | 'BUSY'
  /** The database is none of SQLite, PostgreSQL, MariaDB, MySQL. */
  | 'UNSUPPORTED_ENGINE'

/**
 * What the functions of `sm2kit/cards` throw for anything but a fault of the scheduler's values: those are `Sm2Error`s.
 *
 * @example
 * ```ts
 * import { CardsError } from 'sm2kit/cards'
 *
 * const error = new CardsError('INVALID_REVIEW', 'id', 'A review needs an id.')
 * error.code // => 'INVALID_REVIEW'
 * error.path // => 'id'
 * ```
 */
export class CardsError extends Error {
  /** `CardsError` */
  override readonly name = 'CardsError'
  /** Stable: programs may depend on it. */
  readonly code: CardsErrorCode
  /** The field that is at fault, as in `itemId` or `reviews[17].grade`; empty when it is no field. */
  readonly path: string

  /**
   * @param code - What is wrong, for programs.
   * @param path - Which field is at fault; empty when it is none.
   * @param message - What is wrong, for people.
   * @param options - `cause`: the error underneath.
   */
  constructor(code: CardsErrorCode, path: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
    this.path = path
  }
}

/** The error for an option that is not what it must be. */
export function invalidOption(path: string, found: unknown, allowed: string): CardsError {
  return new CardsError('INVALID_OPTION', path, `${path} is ${show(found)}; it must be ${allowed}.`)
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  return Object(value) === value ? `of type ${typeof value}` : String(value)
}

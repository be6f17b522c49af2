/** Locks of tables, from the weakest on. https://www.postgresql.org/docs/current/explicit-locking.html */
const LOCKS = [
  'none',
  'ROW EXCLUSIVE',
  'SHARE UPDATE EXCLUSIVE',
  'SHARE',
  'SHARE ROW EXCLUSIVE',
  'ACCESS EXCLUSIVE',
] as const

/** A lock of a table. */
export type Lock = (typeof LOCKS)[number]

/** The strongest of some locks. */
export const strongest = (locks: readonly Lock[]): Lock =>
  LOCKS[Math.max(0, ...locks.map((lock) => LOCKS.indexOf(lock)))] ?? 'none'

/** Whether a lock keeps others from writing. */
export const blocksWrites = (lock: Lock): boolean => LOCKS.indexOf(lock) >= LOCKS.indexOf('SHARE')

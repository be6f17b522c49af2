import { randomUUID } from 'node:crypto'
import type { ReviewToRecord } from 'sm2kit/cards'
import type { Grade } from 'sm2kit/sm2'

/** A review of Ana's item "hund" at noon, UTC, of a day counted from 2026-01-01. */
export function review(day: number, grade: Grade, more: Partial<ReviewToRecord> = {}): ReviewToRecord {
  return {
    id: randomUUID(),
    learnerId: 'ana',
    itemId: 'hund',
    grade,
    reviewedAt: Date.UTC(2026, 0, 1 + day, 12),
    timeZone: 'UTC',
    ...more,
  }
}

import fc from 'fast-check'
import type { CalendarDay, Grade, Sm2Rules, Sm2State } from 'sm2kit/sm2'

export const grade = (): fc.Arbitrary<Grade> => fc.constantFrom<Grade[]>(0, 1, 2, 3, 4, 5)

/** Mostly passes, so that intervals become long. */
export const grades = (): fc.Arbitrary<Grade[]> =>
  fc.array(
    fc.oneof({ arbitrary: fc.constantFrom<Grade[]>(3, 4, 5), weight: 6 }, { arbitrary: grade(), weight: 1 }),
    {
      maxLength: 40,
    },
  )

export const rules = (): fc.Arbitrary<Sm2Rules> =>
  fc.record({
    lapseEase: fc.constantFrom('update', 'keep'),
    easeInInterval: fc.constantFrom('previous', 'updated'),
    rounding: fc.constantFrom('nearest', 'nearest-even', 'up'),
    maxIntervalDays: fc.oneof(
      fc.constant(36500),
      fc.integer({ min: 1, max: 400 }),
      fc.maxSafeInteger().map((n) => Math.max(1, Math.abs(n))),
      fc.constant(Number.MAX_SAFE_INTEGER),
    ),
  })

/** Any state that is valid under the rules, also ones that no series of grades leads to. */
export const state = (maxIntervalDays: number): fc.Arbitrary<Sm2State> =>
  fc
    .record({
      thousandths: fc.oneof(fc.integer({ min: 1300, max: 6000 }), fc.integer({ min: 1300, max: 1_000_000 })),
      intervalDays: fc.oneof(
        fc.integer({ min: 1, max: Math.min(5000, maxIntervalDays) }),
        fc.maxSafeInteger().map((n) => 1 + (Math.abs(n) % maxIntervalDays)),
      ),
      repetitions: fc.oneof(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 1e9 })),
    })
    .map(({ thousandths, intervalDays, repetitions }) => ({
      easeFactor: thousandths / 1000,
      intervalDays: repetitions === 0 && intervalDays % 2 === 0 ? 0 : intervalDays,
      repetitions,
    }))

export const day = (): fc.Arbitrary<CalendarDay> =>
  fc
    .integer({ min: -719_162, max: 2_932_896 - 40_000 })
    .map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10))

import fc from 'fast-check'
import { importReviews, type ReviewToRecord, rebuildCards, recordReview, undoReview } from 'sm2kit/cards'
import { type Grade, replay } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { describeEngines } from '../support/engines/index.js'
import { storedCard, withCards } from './support.js'

// Reviews of one card as devices send them: few instants, so that some coincide; a fifth are drills.
const sentReviews = fc
  .array(
    fc.record({
      id: fc.uuid(),
      grade: fc.integer({ min: 0, max: 5 }) as fc.Arbitrary<Grade>,
      hour: fc.integer({ min: 0, max: 400 }),
      isDrill: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    }),
    { minLength: 1, maxLength: 9 },
  )
  .map((all) => [...new Map(all.map((one) => [one.id, one])).values()])

/** Every review at least once, some twice, in any order. */
const arrivals = sentReviews.chain((all) =>
  fc
    .subarray(all)
    .chain((twice) => fc.shuffledSubarray([...all, ...twice], { minLength: all.length + twice.length }))
    .map((sent) => ({ all, sent })),
)

type Sent = (typeof sentReviews extends fc.Arbitrary<infer All> ? All : never)[number]

describeEngines('reviews in any order of arrival', (engine) => {
  const numRuns = process.env['SM2KIT_TEST_SCALE'] === 'full' ? 200 : 12

  test('end with the card that replaying the sorted log gives', () =>
    withCards(engine, async (db) => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          arrivals,
          fc.constantFrom('in turn', 'at once', 'imported'),
          async ({ all, sent }, how) => {
            // A card and a learner for each run: the database stays the same.
            const learnerId = `learner ${run++}`
            const reviews = sent.map((one) => toReview(one, learnerId))
            if (how === 'in turn') for (const one of reviews) await recordReview(db, one)
            else if (how === 'at once') await twoDevices(reviews, (one) => recordReview(db, one))
            else
              await importReviews(
                db,
                reviews.map(({ timeZone: _, ...one }) => one),
                { timeZone: 'UTC', batchSize: 3 },
              )
            expect(await storedCard(db, 'hund', learnerId)).toMatchObject(replay(gradesInOrder(all)))
            expect(await rebuildCards(db, { learnerId, dryRun: true })).toEqual({ cards: 1, changed: 0 })
          },
        ),
        { numRuns },
      )
    }))

  test('end with the card of the others when some are taken back', () =>
    withCards(engine, async (db) => {
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          sentReviews.chain((all) => fc.record({ all: fc.constant(all), gone: fc.shuffledSubarray(all) })),
          async ({ all, gone }) => {
            const learnerId = `learner ${run++}`
            await importReviews(
              db,
              all.map((one) => toReview(one, learnerId)),
              { timeZone: 'UTC' },
            )
            for (const { id } of gone) await undoReview(db, { learnerId, id })
            const left = all.filter((one) => !gone.includes(one))
            expect(await storedCard(db, 'hund', learnerId)).toMatchObject(replay(gradesInOrder(left)))
            expect(await rebuildCards(db, { learnerId, dryRun: true })).toEqual({ cards: 1, changed: 0 })
          },
        ),
        { numRuns },
      )
    }))
})

function toReview({ id, grade, hour, isDrill }: Sent, learnerId: string): ReviewToRecord {
  const reviewedAt = Date.UTC(2026, 0, 1) + hour * 3_600_000
  const kind = isDrill ? 'drill' : 'review'
  return { id, learnerId, itemId: 'hund', grade, reviewedAt, timeZone: 'UTC', kind }
}

function gradesInOrder(all: readonly Sent[]): Grade[] {
  return all
    .filter(({ isDrill }) => !isDrill)
    .sort((a, b) => a.hour - b.hour || (a.id < b.id ? -1 : 1))
    .map(({ grade }) => grade)
}

/** Each device sends half of the reviews, one after the other, while the other sends its own. */
async function twoDevices<Value>(
  values: readonly Value[],
  send: (value: Value) => Promise<unknown>,
): Promise<void> {
  const device = async (parity: number) => {
    for (const [index, value] of values.entries()) if (index % 2 === parity) await send(value)
  }
  await Promise.all([device(0), device(1)])
}

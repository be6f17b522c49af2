import { rebuildCards, type Sm2Models } from 'sm2kit/cards'
import { type Grade, replay } from 'sm2kit/sm2'
import { expect, test } from 'vitest'
import { storedCard, storedLog, withCards } from '../cards/support.js'
import { childEnv, describeNewest } from '../support/engines/index.js'
import { killAt } from '../support/processes.js'
import { randomFrom, scaled, seed } from './support/scale.js'

const script = new URL('./support/reviews.script.ts', import.meta.url)

/** The log of each item, replayed by the scheduler alone, is the state of its card; and each answer that was given holds. */
const expectAgreement = async (db: Sm2Models, answered: ReadonlySet<string>, why: string): Promise<void> => {
  const items = (await db.Card.findAll()).map((card) => String(card.get('itemId')))
  let stored = 0
  for (const item of items) {
    const log = await storedLog(db, item)
    stored += log.length
    const grades = log.filter(({ kind }) => kind === 'review').map(({ grade }) => grade as Grade)
    expect(await storedCard(db, item), why).toMatchObject(replay(grades))
  }
  const ids = new Set((await db.Review.findAll()).map((row) => String(row.get('id'))))
  expect(ids.size, why).toBe(stored)
  expect(
    [...answered].filter((id) => !ids.has(id)),
    why,
  ).toEqual([])
  expect(await rebuildCards(db, { dryRun: true }), why).toEqual({ cards: items.length, changed: 0 })
}

describeNewest(
  'recordReview in a process that is killed',
  (engine) => {
    test(
      'at random moments leaves a log and cards that agree, and every review that was answered',
      {
        timeout: scaled(60_000, 1_800_000),
      },
      () =>
        withCards(engine, async (db, database) => {
          const random = randomFrom(seed)
          const answered = new Set<string>()
          let total = 0
          const count = scaled(3, 300)
          for (let kill = 1; kill <= count; kill += 1) {
            const delayMs = random() * 250
            const env = { ...childEnv(database), REVIEWS_SEED: String(seed + kill) }
            const child = await killAt({ script, env, from: 'barrier', delayMs })
            expect(child).toMatchObject({ signal: 'SIGKILL', stderr: '' })
            // The last line may be half of one.
            const lines = child.stdout.split('\n').slice(0, -1)
            total += lines.length
            for (const id of lines) answered.add(id)
            const why = `${engine.name}, kill ${kill} after ${delayMs.toFixed(0)} ms; SM2KIT_TEST_SEED=${seed}`
            await expectAgreement(db, answered, why)
            // Each late review reads the whole log of its item: a long one would make the kills few.
            if (kill % 10 === 0) {
              await db.Review.destroy({ where: {} })
              await db.Card.destroy({ where: {} })
              answered.clear()
            }
          }
          console.info(
            `${engine.name}: ${count} processes killed amid ${total} reviews, SM2KIT_TEST_SEED=${seed}`,
          )
          expect(total).toBeGreaterThan(0)
        }),
    )
  },
  ({ isShared }) => isShared,
)

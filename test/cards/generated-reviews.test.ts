import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generateReviews } from '../../examples/data/generate-reviews.js'

const committed = readFileSync(new URL('../../examples/data/reviews.csv', import.meta.url), 'utf8')
const rows = committed
  .trim()
  .split('\n')
  .slice(1)
  .map((row) => {
    const [cardId, time, rating, state, durationMs, userId] = row.split(',').map(Number)
    return { cardId, time: time ?? 0, rating: rating ?? 0, state, durationMs, userId }
  })

/** The share of each rating from 1 to 4. */
function shares(ratings: readonly number[]): number[] {
  return [1, 2, 3, 4].map((rating) => ratings.filter((one) => one === rating).length / ratings.length)
}

test('the example log is what its generator makes', () => {
  expect(generateReviews()).toBe(committed)
})

test('another seed makes another log', () => {
  expect(generateReviews(1)).not.toBe(committed)
})

test('the example log has 20,000 reviews of 1,000 cards by 3 learners, sorted by time', () => {
  expect(rows).toHaveLength(20_000)
  expect(new Set(rows.map(({ cardId }) => cardId)).size).toBe(1_000)
  expect(new Set(rows.map(({ userId }) => userId)).size).toBe(3)
  expect(rows.every(({ time }, index) => index === 0 || time >= (rows[index - 1]?.time ?? 0))).toBe(true)
})

test('its first ratings, its passes and its retention are as published', () => {
  const first = shares(rows.filter(({ state }) => state === 0).map(({ rating }) => rating))
  const published = [0.24, 0.094, 0.495, 0.171]
  for (const [index, share] of published.entries())
    expect(Math.abs((first[index] ?? 0) - share)).toBeLessThan(0.025)

  const later = rows.filter(({ state }) => state === 2).map(({ rating }) => rating)
  const retention = later.filter((rating) => rating > 1).length / later.length
  expect(Math.abs(retention - 0.9)).toBeLessThan(0.01)
  const passes = shares(later.filter((rating) => rating > 1))
  for (const [index, share] of [0, 0.224, 0.631, 0.145].entries())
    expect(Math.abs((passes[index] ?? 0) - share)).toBeLessThan(0.01)
})

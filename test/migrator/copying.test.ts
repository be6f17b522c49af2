import { setTimeout as sleep } from 'node:timers/promises'
import type { Sequelize } from 'sequelize'
import { expect, test } from 'vitest'
import { copyingSoFar } from '../../src/cli/format/copying.js'
import type { CopyProgress } from '../../src/migrator/dialect-copy.js'
import { watched } from '../../src/migrator/dialects/watched-copy.js'

const request = (progress?: (copied: CopyProgress) => Promise<void>) => ({
  source: {} as Sequelize,
  rows: 'all' as const,
  keep: false,
  checkpoint: () => {},
  ...(progress === undefined ? {} : { progress }),
})

test('a copy that does not tell how far it is is looked at every second, and never said to be more than there is', async () => {
  const told: CopyProgress[] = []
  const sizes = [40, 130]
  const result = await watched(
    request(async (copied) => void told.push(copied)),
    100,
    () => sleep(2_500, 'made'),
    async () => sizes.shift() ?? 0,
  )
  expect(result).toBe('made')
  expect(told).toEqual([0, 40, 100].map((bytes) => ({ bytes, totalBytes: 100 })))
})

test('whoever listens and fails hears of it when the copy is over, and what cannot be looked at is not told', async () => {
  let isOver = false
  const copying = async (): Promise<void> => {
    await sleep(1_500)
    isOver = true
  }
  const refuse = async ({ bytes }: CopyProgress): Promise<void> => {
    if (bytes > 0) throw new Error('enough')
  }
  await expect(watched(request(refuse), 100, copying, async () => 50)).rejects.toThrow('enough')
  expect(isOver).toBe(true)
  const blind = () => Promise.reject(new Error('no right'))
  expect(await watched(request(refuse), 100, () => sleep(1_200, 'made'), blind)).toBe('made')
})

test('what fails is thrown, and nobody is asked where nobody listens', async () => {
  const failing = () => Promise.reject(new Error('disk full'))
  const quiet = async (): Promise<void> => {}
  await expect(watched(request(quiet), 1, failing, async () => 0)).rejects.toThrow('disk full')
  expect(
    await watched(
      request(),
      1,
      async () => 'made',
      () => Promise.reject(new Error('asked')),
    ),
  ).toBe('made')
})

test.each([
  [{ bytes: 0, totalBytes: 1_234_000_000, elapsedMs: 0 }, 'about 1.2 GB'],
  [{ bytes: 450, totalBytes: 1_000, elapsedMs: 9_000 }, '45 % of about 1.0 kB, about 11.0 s left'],
  [{ bytes: 1_000, totalBytes: 1_000, elapsedMs: 9_000 }, '100 % of about 1.0 kB'],
  [{ bytes: 0, totalBytes: 0, elapsedMs: 1 }, 'about 0 bytes'],
])('%o is said as "%s"', (event, text) => expect(copyingSoFar(event)).toBe(text))

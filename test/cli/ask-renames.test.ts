import { PassThrough } from 'node:stream'
import { expect, test, vi } from 'vitest'
import { askRenames } from '../../src/cli/ask-renames.js'

/** Asks on streams of the test's own, and types these keys. */
const answered = async (
  proposals: Parameters<typeof askRenames>[0],
  keys: readonly string[],
): Promise<{ readonly renames: unknown; readonly shown: string }> => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
  let shown = ''
  const output = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 30 })
  output.on('data', (chunk: Buffer) => {
    shown += chunk.toString('utf8')
  })
  const asking = askRenames(proposals, { input, output } as unknown as Parameters<typeof askRenames>[1])
  const all = asking.then(
    (renames) => ({ renames, done: true }),
    (error: unknown) => ({ renames: error, done: true }),
  )
  for (const key of keys) {
    const before = shown
    await vi.waitFor(() => expect(shown).not.toBe(''))
    input.write(key)
    await vi.waitFor(() => expect(shown).not.toBe(before))
  }
  const { renames } = await all
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what moves the cursor.
  return { renames, shown: shown.replaceAll(/\u001B\[[\d;?]*[A-Za-z]/gu, '') }
}

const DOWN = '\u001B[B'
const ENTER = '\r'
const CTRL_C = '\u0003'

test('each name that is gone is asked for, with the names that it may have got', async () => {
  const proposals = [
    { from: 'words.text', to: 'words.title' },
    { from: 'words.text', to: 'words.heading' },
    { from: 'authors', to: 'writers' },
  ]
  const { renames, shown } = await answered(proposals, [DOWN, ENTER, DOWN, ENTER])
  expect(renames).toEqual({ 'words.text': 'words.heading' })
  expect(shown).toContain('words.text is gone. Was it renamed?')
  expect(shown).toContain('renamed to words.title')
  expect(shown).toContain('authors is gone. Was it renamed?')
})

test('a name that is taken is not offered again, and Ctrl-C ends it all', async () => {
  const proposals = [
    { from: 'words.a', to: 'words.c' },
    { from: 'words.b', to: 'words.c' },
  ]
  expect((await answered(proposals, [ENTER])).renames).toEqual({ 'words.a': 'words.c' })
  expect((await answered(proposals, [CTRL_C])).renames).toMatchObject({ code: 'CANCELLED' })
})

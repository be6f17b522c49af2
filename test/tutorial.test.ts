import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { playGuide } from './support/play-guide.js'
import { root } from './support/run-examples.js'

test.each(['docs/tutorial.md', 'docs/before-production.md'])(
  'every command of %s prints what stands below it, and every file is as it is shown',
  async (guide) => {
    const { shown, found, verbs } = await playGuide(guide)
    expect(verbs.length).toBeGreaterThan(10)
    expect(found).toBe(shown)
    if (guide === 'docs/before-production.md')
      expect([...new Set(verbs)].sort()).toEqual([
        ...['backup', 'check', 'current', 'downgrade', 'rehearse', 'restore', 'revision', 'upgrade'],
      ])
  },
  180_000,
)

test('each note of docs/before-production.md has a command, a page and a test that are there', () => {
  const text = readFileSync(join(root, 'docs/before-production.md'), 'utf8')
  const rows = [...text.matchAll(/^\| (?!Note|-)(.*) \|$/gmu)].map(([, row = '']) => row.split(' | '))
  expect(rows.map(([note]) => note)).toHaveLength(5)
  const linksIn = (cell = ''): readonly string[] =>
    [...cell.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/gu)].map(([, link = '']) => join(root, 'docs', link))
  for (const [note, commands = '', pages, tests] of rows) {
    const [verbs, links] = [
      [...commands.matchAll(/`sm2kit (\w+)/gu)].map(([, verb = '']) => verb),
      [linksIn(pages), linksIn(tests)],
    ]
    expect(verbs, note).not.toEqual([])
    for (const group of links) expect(group, note).not.toEqual([])
    expect(links.flat().filter((path) => !existsSync(path))).toEqual([])
    const story = text.slice(text.indexOf('## '))
    expect(verbs.filter((verb) => !story.includes(`$ npx sm2kit ${verb}`))).toEqual([])
  }
})

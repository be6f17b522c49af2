import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { VERBS } from '../../src/cli/verbs.js'
import { cliDocs } from './support/cli-docs.js'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')

test('docs/cli.md is what the commands say; `npm run docs:cli` writes it anew', () => {
  expect(read('../../docs/cli.md')).toBe(cliDocs(read('./support/cli-introduction.md')))
})

test('every verb has an example, and each example calls it', () => {
  for (const { name, examples } of VERBS) {
    expect(Object.keys(examples)).not.toEqual([])
    for (const typed of Object.keys(examples)) expect(typed.split(' ')[0]).toBe(name)
  }
})

test('every code of the command line is in docs/errors.md', () => {
  const source = read('../../src/cli/cli-error.ts')
  const codes = [...(/CliErrorCode =([\s\S]*?)\n\n/u.exec(source)?.[1] ?? '').matchAll(/'([A-Z_]+)'/gu)].map(
    ([, code]) => code,
  )
  expect(codes.length).toBeGreaterThan(5)
  expect(codes.filter((code) => !read('../../docs/errors.md').includes(`\`${code}\``))).toEqual([])
})

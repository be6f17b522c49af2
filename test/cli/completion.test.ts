import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { VERBS } from '../../src/cli/verbs.js'
import { inProcess } from './support/sm2kit.js'

const scriptOf = async (shell: string): Promise<string> =>
  (await inProcess(process.cwd(), ['completion', shell])).stdout

const has = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'])
    return true
  } catch {
    return false
  }
}

const inFile = (script: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sm2kit-completion-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'script'), script)
  return join(folder, 'script')
}

test.skipIf(!has('bash'))('bash completes verbs, flags and targets', async () => {
  const path = inFile(await scriptOf('bash'))
  const complete = (...words: readonly string[]): readonly string[] => {
    const typed = ['sm2kit', ...words].map((word) => `'${word}'`).join(' ')
    const script = `source '${path}'; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _sm2kit; echo "\${COMPREPLY[@]}"`
    const printed = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()
    return printed === '' ? [] : printed.split(' ')
  }
  expect(complete('')).toEqual(expect.arrayContaining([...VERBS.map(({ name }) => name), 'help', '--json']))
  expect(complete('do')).toEqual(['downgrade', 'doctor'])
  expect(complete('upgrade', '--s')).toEqual(['--sql'])
  expect(complete('--json', 'upgrade', 'he')).toEqual(['head', 'heads'])
  expect(complete('downgrade', '-1')).toEqual(['-1'])
  expect(complete('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
  expect(complete('revision', '-m', '')).toEqual([])
})

test.each(['zsh', 'fish'])(
  'the script for %s names every verb and flag, and is one that the shell can read',
  async (shell) => {
    const script = await scriptOf(shell)
    for (const { name, options = [] } of VERBS) {
      expect(script).toContain(name)
      for (const { flags } of options)
        for (const [, flag = ''] of flags.matchAll(/--([a-z-]+)/gu)) expect(script).toContain(flag)
    }
    if (has(shell)) execFileSync(shell, ['-n', inFile(script)])
  },
)

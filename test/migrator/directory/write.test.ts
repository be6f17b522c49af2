import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { slugOf, stampOf, writeNewFile } from '../../../src/migrator/directory/write.js'
import { bundleScript } from '../../support/bundle.js'
import { failure, folderOf, runs } from '../support.js'

describe('the slug of a message', () => {
  test.each([
    ['add stars', 'add_stars'],
    ["Add the learner's e-mail!", 'add_the_learners_e_mail'],
    ['Größe ändern, Łódź, Ærø, İstanbul', 'grosse_andern_lodz_aero_istanbul'],
    ['../../etc/passwd', 'etc_passwd'],
    ['C:\\Windows\\x', 'c_windows_x'],
    ['\0', ''],
    ['', ''],
    ['日本語', ''],
    ['日本語 v2', 'v2'],
    ['CON', 'con_'],
    ['lpt1', 'lpt1_'],
    ['ﬁx ①', 'fix_1'],
    [
      'add a column that holds the number of stars that a learner gave',
      'add_a_column_that_holds_the_number_of',
    ],
    ['x'.repeat(300), 'x'.repeat(40)],
    ['__proto__', 'proto'],
  ])('%j is %j', (message, slug) => {
    expect(slugOf(message)).toBe(slug)
  })

  test('has letters, digits and single low lines alone, at most 40, whatever the message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (message) => {
        expect(slugOf(message)).toMatch(/^(?:[a-z0-9]+(?:_[a-z0-9]+)*_?)?$/u)
        expect(slugOf(message).length).toBeLessThanOrEqual(40)
      }),
      runs(500, 20_000),
    )
  })
})

test('a stamp is the time in UTC', () => {
  expect(stampOf(new Date('2026-03-01T00:30:05.999+01:00'))).toBe('20260228233005')
})

describe('a new file', () => {
  const file = (folder: string, name: string, text = 'text') => ({ folder, name, text })

  test('is written whole, in a folder that is made with those above it, and nothing else is left there', async () => {
    const folder = join(folderOf({}), 'db', 'migrations')
    const path = await writeNewFile(file(folder, 'a.ts', 'ü\n'))
    expect(path).toBe(join(folder, 'a.ts'))
    expect(readFileSync(path, 'utf8')).toBe('ü\n')
    expect(readdirSync(folder)).toEqual(['a.ts'])
  })

  test('never takes the place of another', async () => {
    const folder = folderOf({ 'a.ts': 'first' })
    const error = await failure(writeNewFile(file(folder, 'a.ts')))
    expect(error.code).toBe('FILE_EXISTS')
    expect(error.message).not.toContain(folder)
    expect(readFileSync(join(folder, 'a.ts'), 'utf8')).toBe('first')
    expect(readdirSync(folder)).toEqual(['a.ts'])
  })

  test.each(['../a.ts', '/a.ts', 'b/a.ts', '..', '.', '', '.a.ts', 'a\0.ts', 'b\\..\\a.ts'])(
    '%j is refused or stays in the folder',
    async (name) => {
      const above = folderOf({})
      const folder = join(above, 'migrations')
      const outcome = await writeNewFile(file(folder, name)).catch((error: unknown) => error)
      if (typeof outcome === 'string') expect(readdirSync(folder)).toEqual([name])
      else expect(outcome).toHaveProperty('code')
      expect(readdirSync(above).filter((entry) => entry !== 'migrations')).toEqual([])
      expect(existsSync('/a.ts')).toBe(false)
    },
  )

  test('is refused where the folder is a file, with what was found', async () => {
    const folder = folderOf({ migrations: 'a file' })
    const error = await failure(writeNewFile(file(join(folder, 'migrations'), 'a.ts')))
    expect([error.code, error.message]).toEqual(['FOLDER_NOT_WRITABLE', expect.stringContaining('(EEXIST)')])
  })

  test.skipIf(process.getuid?.() === 0)('is refused where nothing may be written', async () => {
    const folder = folderOf({})
    chmodSync(folder, 0o555)
    expect((await failure(writeNewFile(file(folder, 'a.ts')))).code).toBe('FOLDER_NOT_WRITABLE')
    chmodSync(folder, 0o755)
  })

  test('of many processes at once is that of one, whole', async () => {
    const folder = folderOf({})
    const script = pathToFileURL(await bundleScript(new URL('./write.script.ts', import.meta.url))).href
    const go = join(folder, '.go')
    const children = ['a', 'b', 'c', 'd'].map(
      (letter) =>
        new Promise<string>((resolve, reject) => {
          const code = `import(${JSON.stringify(script)}).then((m) => m.run(${JSON.stringify([folder, letter, go])}))`
          const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] })
          let output = ''
          child.stdout.on('data', (data: Buffer) => {
            output += data.toString()
          })
          child.on('error', reject)
          child.on('exit', () => resolve(output.trim()))
        }),
    )
    writeFileSync(go, '')
    const outcomes = (await Promise.all(children)).sort()
    const winner = readFileSync(join(folder, 'same.ts'), 'utf8')
    expect(winner).toMatch(/^(.)\1{99999}$/u)
    expect(outcomes.filter((one) => one === 'FILE_EXISTS')).toHaveLength(3)
    expect(outcomes).toContain(`wrote ${winner[0]}`)
    expect(readdirSync(folder).sort()).toEqual(['.go', 'same.ts'])
  })
})

import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'sm2kit-quickstart-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const main = fileURLToPath(new URL('../../examples/quickstart/main.ts', import.meta.url))

/** Runs the example as `npm start` does, on a database of its own. */
function quickstart(database: string, ...args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const command = ['--import', 'tsx', main, '--database', join(folder, database), ...args]
    execFile(process.execPath, command, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

test('the quickstart migrates, imports and proves; finds all in place the second time; goes down', async () => {
  const first = await quickstart('example.sqlite')
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toContain('applied now: f3e3ac684f8e')
  expect(first.stdout).toContain('current:     f3e3ac684f8e (baseline)')
  expect(first.stdout).toContain('executed:    f3e3ac684f8e')
  expect(first.stdout).toContain('20,000 reviews of 1,000 cards stored')
  expect(first.stdout).toContain('1,000 cards replayed from their logs, 0 differ')
  expect(first.stdout).not.toContain('\u001b')

  const second = await quickstart('example.sqlite')
  expect(second).toMatchObject({ code: 0, stderr: '' })
  expect(second.stdout).toContain('nothing to do: all are applied already')
  expect(second.stdout).toContain('nothing new: all 20,000 reviews are stored already')
  expect(second.stdout.slice(second.stdout.indexOf('Due for'))).toBe(
    first.stdout.slice(first.stdout.indexOf('Due for')),
  )

  const down = await quickstart('example.sqlite', '--down')
  expect(down).toMatchObject({ code: 0, stderr: '' })
  expect(down.stdout).toContain('reverted: f3e3ac684f8e')
  expect(down.stdout).toMatch(/tables: +sm2kit_revisions /)
  expect(existsSync(join(folder, 'example.sqlite'))).toBe(true)
}, 120_000)

test('the quickstart says in one line what went wrong, and exits with 1', async () => {
  const { code, stderr } = await quickstart('.')
  expect(code).toBe(1)
  expect(stderr.trim()).toMatch(/^quickstart: .+$/)
})

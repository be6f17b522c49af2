import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { project, sm2kit, withoutTimes } from './cli/support/sm2kit.js'
import { root } from './support/run-examples.js'

interface Block {
  readonly language: string
  readonly text: string
}

const blocksOf = (guide: string): readonly Block[] =>
  [...guide.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gmu)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))

/** Times are the machine's, and ids are random: the first one of a text is the first one of the other. */
const normal = (text: string): string => {
  const ids: string[] = []
  return withoutTimes(text)
    .replaceAll(/\b\d{14}_/gu, '<timestamp>_')
    .replaceAll(/\b(?!f3e3ac684f8e)(?=[a-f]*\d)[0-9a-f]{12}\b/gu, (id) => {
      if (!ids.includes(id)) ids.push(id)
      return `<id ${ids.indexOf(id) + 1}>`
    })
}

test('every command of docs/tutorial.md prints what stands below it, and every file is as it is shown', async () => {
  const blocks = blocksOf(readFileSync(join(root, 'docs/tutorial.md'), 'utf8'))
  const folder = await project({
    'package.json': '{ "name": "host", "private": true, "type": "module" }',
    'tsconfig.json': '{}',
  })
  const shown: string[] = []
  const found: string[] = []
  for (const { language, text } of blocks) {
    const [, path] = /^\/\/ (\S+)\n/u.exec(text) ?? []
    if (language === 'console') {
      for (const [, command = '', output = ''] of text.matchAll(
        /^\$ npx sm2kit (.*)\n((?:(?!\$ ).*\n)*)/gmu,
      )) {
        const args = [...command.matchAll(/"([^"]*)"|(\S+)/gu)].map(
          ([, quoted, plain]) => quoted ?? plain ?? '',
        )
        const { stdout, stderr } = await sm2kit(folder, args)
        shown.push(`$ ${command}\n${output}`)
        // A remark comes before the result that it is about.
        found.push(`$ ${command}\n${stderr}${stdout}`)
      }
    } else if (path?.startsWith('migrations/') === true) {
      const newest = readdirSync(join(folder, 'migrations')).sort().at(-1) ?? ''
      shown.push(text)
      found.push(`// migrations/${newest}\n${readFileSync(join(folder, 'migrations', newest), 'utf8')}`)
    } else if (path !== undefined) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
  expect(shown.length).toBeGreaterThan(10)
  expect(normal(found.join('\n'))).toBe(normal(shown.join('\n')))
}, 120_000)

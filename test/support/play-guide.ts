import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { project, sm2kit, withoutTimes } from '../cli/support/sm2kit.js'
import { root } from './run-examples.js'

/** What a guide shows, and what was found when its commands ran; both without what is another each time. */
export interface Played {
  readonly shown: string
  readonly found: string
  /** Verbs of the command line that ran. */
  readonly verbs: readonly string[]
}

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
    .replaceAll(/\b\d{8}-\d{6}-[0-9a-f]{8}\b/gu, '<moment>')
    .replaceAll(/\b[\d.]+ kB\b/gu, '<size>')
    .replaceAll(/\b\d{14}_/gu, '<timestamp>_')
    .replaceAll(/\b(?!f3e3ac684f8e)(?=[a-f]*\d)[0-9a-f]{12}\b/gu, (id) => {
      if (!ids.includes(id)) ids.push(id)
      return `<id ${ids.indexOf(id) + 1}>`
    })
}

/** A file as the guide shows it, with the ids of the one that is there. */
const withIdsOf = (text: string, there: string): string => {
  const idIn = (name: string): string =>
    new RegExp(`^export const ${name} = .*$`, 'mu').exec(there)?.[0] ?? ''
  const put = (file: string, name: string): string =>
    file.replace(new RegExp(`^export const ${name} = .*$`, 'mu'), idIn(name))
  return put(put(text, 'revision'), 'downRevision')
}

/**
 * Does what a guide says, in a folder of its own: files whose first line names them are written, `// edited: migrations/…`
 * takes the place of the newest revision, `// migrations/…` is compared with it, and `$ npx sm2kit …` and `$ node …` run.
 *
 * @param guide - `docs/tutorial.md`.
 */
export const playGuide = async (guide: string): Promise<Played> => {
  const blocks = blocksOf(readFileSync(join(root, guide), 'utf8'))
  const folder = await project({
    'package.json': '{ "name": "host", "private": true, "type": "module" }',
    'tsconfig.json': '{}',
  })
  const [shown, found, verbs]: [string[], string[], string[]] = [[], [], []]
  const newest = (): string =>
    join(folder, 'migrations', readdirSync(join(folder, 'migrations')).sort().at(-1) ?? '')
  for (const { language, text } of blocks) {
    const [, path] = /^\/\/ (\S+)\n/u.exec(text) ?? []
    const [isEdited] = /^\/\/ edited: migrations\/\S+\n/u.exec(text) ?? []
    if (language === 'console') {
      for (const [, program = '', command = '', output = ''] of text.matchAll(
        /^\$ (npx sm2kit|node) (.*)\n((?:(?!\$ ).*\n)*)/gmu,
      )) {
        const args = [...command.matchAll(/"([^"]*)"|(\S+)/gu)].map(
          ([, quoted, plain]) => quoted ?? plain ?? '',
        )
        const { stdout, stderr } =
          program === 'node'
            ? spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
            : await sm2kit(folder, args)
        if (program !== 'node') verbs.push(args[0] ?? '')
        shown.push(`$ ${command}\n${output}`)
        // A remark comes before the result that it is about.
        found.push(`$ ${command}\n${stderr}${stdout}`)
      }
    } else if (isEdited !== undefined) {
      writeFileSync(newest(), withIdsOf(text.slice(isEdited.length), readFileSync(newest(), 'utf8')))
    } else if (path?.startsWith('migrations/') === true) {
      shown.push(text)
      found.push(`// migrations/${newest().split('/').at(-1)}\n${readFileSync(newest(), 'utf8')}`)
    } else if (path !== undefined) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
  }
  return { shown: normal(shown.join('\n')), found: normal(found.join('\n')), verbs }
}

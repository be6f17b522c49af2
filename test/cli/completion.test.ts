import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
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

/** What a shell offers behind `sm2kit` and these words, of which the last one is being typed; for each list of words. */
type Complete = (path: string, lines: readonly (readonly string[])[]) => readonly (readonly string[])[]

const inBash: Complete = (path, lines) =>
  lines.map((words) => {
    const typed = ['sm2kit', ...words].map((word) => `'${word}'`).join(' ')
    const script = `source '${path}'; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _sm2kit; echo "\${COMPREPLY[@]}"`
    const printed = execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()
    return printed === '' ? [] : printed.split(' ')
  })

const inFish: Complete = (path, lines) =>
  lines.map((words) => {
    const script = `source '${path}'; complete -C '${['sm2kit', ...words].join(' ')}'`
    const printed = execFileSync('fish', ['--no-config', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, HOME: join(path, '..'), XDG_CONFIG_HOME: '', XDG_DATA_HOME: '' },
    })
    const offered = printed.split('\n').filter((line) => line !== '')
    return offered.map((line) => line.split('\t')[0] ?? '')
  })

// zsh completes in its line editor alone, so an inner one is typed to. What it is to offer passes through `compadd`, whose
// matches are noted in a file; a second file says that all of them are.
const ZSH_INNER = `
autoload -Uz compinit && compinit -D -u
source "$SCRIPT"
compadd() {
  if (( \${@[(I)-[OAD]]} == 0 )); then
    local -a matching
    builtin compadd -O matching "$@"
    print -rl -- $matching >> "$OFFERED"
  fi
  builtin compadd "$@"
}
offer() { zle complete-word; : > "$OFFERED.done" }
zle -N offer
bindkey '^I' offer
: > "$SCRIPT.ready"
`
const ZSH_OUTER = `
zmodload zsh/zpty zsh/zselect
until_there() {
  local -i left=1500
  while [[ ! -e $1 ]] && (( left-- > 0 )); do
    zpty -r -t inner ignored 2> /dev/null
    zselect -t 1
  done
  [[ -e $1 ]]
}
zpty -b inner zsh -f -i
zpty -w inner "source '$SCRIPT.inner'"
until_there "$SCRIPT.ready" || exit 3
integer at=0
for line in "$@"; do
  (( at++ ))
  zpty -w -n inner $'\\x15'" OFFERED='$SCRIPT.$at'"$'\\n'
  zpty -w -n inner "$line"$'\\t'
  until_there "$SCRIPT.$at.done" || exit 4
done
zpty -d inner
`

const inZsh: Complete = (path, lines) => {
  writeFileSync(`${path}.inner`, ZSH_INNER)
  writeFileSync(`${path}.outer`, ZSH_OUTER)
  const typed = lines.map((words) => ['sm2kit', ...words].join(' '))
  execFileSync('zsh', ['-f', `${path}.outer`, ...typed], {
    env: { ...process.env, SCRIPT: path, HOME: join(path, '..'), TERM: 'dumb' },
    timeout: 30_000,
  })
  return lines.map((_, index) => {
    try {
      const offered = readFileSync(`${path}.${index + 1}`, 'utf8').split('\n')
      return [...new Set(offered.filter((line) => line !== ''))]
    } catch {
      return []
    }
  })
}

describe.each([
  ['bash', inBash],
  ['zsh', inZsh],
  ['fish', inFish],
] as const)('%s', (shell, completeAll) => {
  const isMissing = !has(shell)
  if (isMissing)
    test.skipIf(process.env['CI'] !== 'true')(`is on this machine — apt-get install ${shell}`, () => {
      throw new Error(
        `${shell} was not found, and with CI=true every shell must be tested: apt-get install ${shell}`,
      )
    })

  test.skipIf(isMissing)('completes verbs, flags and targets', async () => {
    const path = inFile(await scriptOf(shell))
    const lines = {
      nothing: [''],
      verb: ['do'],
      everywhere: ['--js'],
      flag: ['upgrade', '--s'],
      target: ['--json', 'upgrade', 'he'],
      relative: ['downgrade', '-1'],
      shell: ['completion', ''],
      message: ['revision', '-m', ''],
      choice: ['init', '--format', ''],
    } as const
    const offers = completeAll(path, Object.values(lines))
    const offered = Object.fromEntries(Object.keys(lines).map((key, index) => [key, offers[index] ?? []]))
    const sorted = (key: keyof typeof lines): readonly string[] => [...(offered[key] ?? [])].sort()
    expect(offered['nothing']).toEqual(expect.arrayContaining([...VERBS.map(({ name }) => name), 'help']))
    expect(sorted('verb')).toEqual(['doctor', 'downgrade'])
    expect(sorted('everywhere')).toEqual(['--json'])
    expect(sorted('flag')).toEqual(['--sql'])
    expect(sorted('target')).toEqual(['head', 'heads'])
    expect(sorted('relative')).toEqual(['-1'])
    expect(offered['shell']).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
    expect(sorted('message')).toEqual([])
    expect(offered['choice']).toEqual(shell === 'bash' ? [] : expect.arrayContaining(['esm', 'cjs']))
  })

  test('names every verb and flag in its script', async () => {
    const script = await scriptOf(shell)
    for (const { name, options = [] } of VERBS) {
      expect(script).toContain(name)
      for (const { flags } of options)
        for (const [, flag = ''] of flags.matchAll(/--([a-z-]+)/gu)) expect(script).toContain(flag)
    }
  })
})

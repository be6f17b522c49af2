import type { Flag, VerbWords, Words } from './words.js'

/** A completion script for bash. */
export const bash = ({ verbs, flags }: Words): string => {
  const names = verbs.map(({ name }) => name)
  const cases = verbs.map(
    (verb) => `    ${verb.name}) words="${[...verb.flags.flatMap(namesOf), ...verb.targets].join(' ')}" ;;`,
  )
  const all = [...flags, ...verbs.flatMap((verb) => verb.flags)]
  const withPath = uniqueNames(all.filter(({ isPath }) => isPath))
  const withValue = uniqueNames(all.filter(({ takesValue, isPath }) => takesValue && !isPath))
  return `# bash completion of sm2kit
_sm2kit() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" verb="" words="" i
  COMPREPLY=()
  case "$before" in
    ${withPath.join('|')}) COMPREPLY=($(compgen -f -- "$word")); return ;;
    ${withValue.join('|')}) return ;;
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${names.join('|')}) verb="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$verb" in
    "") words="${[...names, ...flags.flatMap(namesOf)].join(' ')}" ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _sm2kit sm2kit
`
}

/** A completion script for zsh. */
export const zsh = ({ verbs, flags }: Words): string => `#compdef sm2kit
# zsh completion of sm2kit
_sm2kit() {
  local -a verbs
  verbs=(
${verbs.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  local context state state_descr line
  typeset -A opt_args
  _arguments -C \\
${flags.flatMap(zshSpecs).join(' \\\n')} \\
    '1: :->verb' '*:: :->rest'
  case $state in
    verb) _describe -t verbs verb verbs ;;
    rest)
      case $words[1] in
${verbs.map(zshCase).join('\n')}
      esac ;;
  esac
}
if [ "$funcstack[1]" = "_sm2kit" ]; then _sm2kit "$@"; else compdef _sm2kit sm2kit; fi
`

const zshCase = (verb: VerbWords): string => {
  const rest = verb.targets.length === 0 ? "'*: :_files'" : quoted(`*: :(${verb.targets.join(' ')})`)
  return `        ${verb.name}) _arguments \\\n${[...verb.flags.flatMap(zshSpecs), `    ${rest}`].join(' \\\n')} ;;`
}

const zshSpecs = ({ names, description, takesValue, isPath, choices }: Flag): readonly string[] => {
  const value = isPath ? ':file:_files' : choices.length > 0 ? `:value:(${choices.join(' ')})` : ':value: '
  const text = description.replace(/[[\]:\\]/gu, '\\$&')
  return names.map((name) => `    ${quoted(`*${name}[${text}]${takesValue ? value : ''}`)}`)
}

/** A completion script for fish. */
export const fish = ({ verbs, flags }: Words): string => {
  const names = verbs.map(({ name }) => name).join(' ')
  const none = `-n "not __fish_seen_subcommand_from ${names}"`
  const lines = [
    '# fish completion of sm2kit',
    'complete -c sm2kit -f',
    ...verbs.map(
      ({ name, description }) => `complete -c sm2kit ${none} -a ${name} -d ${quoted(description)}`,
    ),
    ...flags.map((flag) => `complete -c sm2kit ${none} ${fishFlag(flag)}`),
  ]
  for (const verb of verbs) {
    const seen = `-n "__fish_seen_subcommand_from ${verb.name}"`
    for (const flag of verb.flags) lines.push(`complete -c sm2kit ${seen} ${fishFlag(flag)}`)
    if (verb.targets.length > 0) lines.push(`complete -c sm2kit ${seen} -a ${quoted(verb.targets.join(' '))}`)
  }
  return `${lines.join('\n')}\n`
}

const fishFlag = ({ names, description, takesValue, isPath, choices }: Flag): string => {
  const parts = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  if (isPath) parts.push('-r -F')
  else if (choices.length > 0) parts.push(`-x -a ${quoted(choices.join(' '))}`)
  else if (takesValue) parts.push('-x')
  return `${parts.join(' ')} -d ${quoted(description)}`
}

const namesOf = ({ names }: Flag): readonly string[] => names

const uniqueNames = (flags: readonly Flag[]): readonly string[] => [...new Set(flags.flatMap(namesOf))]

/** A text that a shell takes as it is. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

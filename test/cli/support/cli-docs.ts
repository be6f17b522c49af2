import type { Command, Option } from 'commander'
import { buildProgram, COMMON_OPTIONS } from '../../../src/cli/program.js'
import type { Verb } from '../../../src/cli/verb.js'
import { VERBS } from '../../../src/cli/verbs.js'

/** The text of `docs/cli.md`, from the commands themselves. */
export const cliDocs = (introduction: string): string => {
  const program = buildProgram({ version: '', verbs: VERBS, onVerb: async () => {}, write: () => {} })
  const verbs = program.commands.map((command) => {
    const verb = VERBS.find(({ name }) => name === command.name())
    if (verb === undefined) throw new Error(`${command.name()} is in no table`)
    return sectionOf(command, verb)
  })
  const list = VERBS.map(({ name, summary }) => `| [\`${name}\`](#${name}) | ${summary} |`)
  const common = program.options.filter((option) =>
    COMMON_OPTIONS.some(({ flags }) => flags === option.flags),
  )
  return [
    introduction.trim(),
    `## Verbs\n\n| Verb | What |\n|---|---|\n${list.join('\n')}`,
    `## Flags of every verb\n\nBefore or behind the verb.\n\n${optionTable(common)}`,
    ...verbs,
  ]
    .join('\n\n')
    .concat('\n')
}

const sectionOf = (command: Command, verb: Verb): string => {
  const own = command.options.filter((option) => !COMMON_OPTIONS.some(({ flags }) => flags === option.flags))
  const taken = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name()
    return argument.required ? `<${name}>` : `[${name}]`
  })
  const usage = ['sm2kit', verb.name, ...(own.length > 0 ? ['[flags]'] : []), ...taken].join(' ')
  const width = Math.max(...Object.keys(verb.examples).map((typed) => typed.length))
  const examples = Object.entries(verb.examples).map(
    ([typed, what]) => `sm2kit ${typed.padEnd(width)}   # ${what}`,
  )
  const argumentRows = command.registeredArguments.map(
    (argument, index) => `| \`${taken[index]}\` | ${cell(argument.description)} |`,
  )
  return [
    `## ${verb.name}`,
    `\`${usage}\``,
    command.description(),
    ...(argumentRows.length > 0 ? [`| Argument | What |\n|---|---|\n${argumentRows.join('\n')}`] : []),
    ...(own.length > 0 ? [optionTable(own)] : []),
    `\`\`\`bash\n${examples.join('\n')}\n\`\`\``,
  ].join('\n\n')
}

const optionTable = (options: readonly Option[]): string =>
  `| Flag | What |\n|---|---|\n${options.map((option) => `| \`${cell(option.flags)}\` | ${describe(option)} |`).join('\n')}`

const describe = ({ description, argChoices, mandatory }: Option): string => {
  const choices =
    argChoices === undefined ? '' : ` (${argChoices.map((choice) => `\`${choice}\``).join(', ')})`
  return `${cell(description)}${choices}${mandatory ? '; required' : ''}`
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

import type { Finding, Plan, PlannedStep } from '../../migrator/index.js'
import { oneLine, stepLabel } from './step-label.js'

/** `drop-column (data loss, 12 rows): all values of words.note are lost` */
export const findingLine = ({ rule, risk, message, rows }: Finding): string =>
  `${rule} (${risk}${rows === null ? '' : `, ${rows} ${rows === 1 ? 'row' : 'rows'}`}): ${oneLine(message)}`

/** A plan for people: step by step, each statement with its lock and what may go wrong. */
export const planText = (plan: Plan): string => {
  if (plan.steps.length === 0) return 'Nothing to do: no step leads there.'
  const texts = plan.steps.map((step) =>
    [
      `${stepLabel(step, plan.direction, 'Would run')}${marksOf(step)}`,
      ...step.findings.flatMap((one) => findingText(one, '  ')),
      ...step.review.flatMap(({ statement, lock, rewritesTable, scansTable, findings }) => [
        `    ${statement.trim().replaceAll('\n', '\n    ')}${statement.startsWith('--') ? '' : ';'}`,
        ...(lock === 'none' ? [] : [`      lock: ${effectText(lock, rewritesTable, scansTable)}`]),
        ...findings.flatMap((one) => findingText(one, '      ')),
      ]),
    ].join('\n'),
  )
  return [...texts, endOf(plan)].join('\n')
}

const findingText = (one: Finding, indent: string): readonly string[] =>
  one.waived === undefined
    ? [`${indent}! ${findingLine(one)}`, `${indent}  safe way: ${one.safeWay}`]
    : [`${indent}allowed ${findingLine(one)}`, `${indent}  because: ${oneLine(one.waived.reason)}`]

const effectText = (lock: string, rewrites: boolean, scans: boolean): string =>
  `${lock}${rewrites ? '; rewrites the table' : scans ? '; reads the table' : ''}`

const marksOf = ({ isBelowHead, irreversible, direction }: PlannedStep): string =>
  `${isBelowHead ? ' (pending below head)' : ''}${irreversible && direction === 'up' ? ' (irreversible: it has no down)' : ''}`

const endOf = ({ steps }: Plan): string => {
  const open = openIn(steps)
  const many = `${steps.length} ${steps.length === 1 ? 'step' : 'steps'} would run`
  return `${many}, ${open} ${open === 1 ? 'finding' : 'findings'}; nothing was changed.`
}

const openIn = (steps: readonly PlannedStep[]): number =>
  steps
    .flatMap((step) => [...step.findings, ...step.review.flatMap(({ findings }) => findings)])
    .filter(({ waived }) => waived === undefined).length

/** A plan as Markdown: for a comment in a pull request. */
export const planMarkdown = (plan: Plan): string => {
  if (plan.steps.length === 0) return 'Nothing to do: no step leads there.'
  const texts = plan.steps.map((step) => {
    const rows = step.review.map(({ statement, lock, rewritesTable, scansTable, findings }) => {
      const found = findings.map(findingCell).join('<br>')
      return `| ${code(statement)} | ${cell(effectText(lock, rewritesTable, scansTable))} | ${found} |`
    })
    return [
      `### ${cell(stepLabel(step, plan.direction, 'Would run'))}${marksOf(step)}`,
      ...(step.findings.length === 0 ? [] : ['', ...step.findings.map((one) => `- ${findingCell(one)}`)]),
      ...(rows.length === 0
        ? []
        : ['', '| Statement | Lock | What may go wrong |', '|---|---|---|', ...rows]),
    ].join('\n')
  })
  return [...texts, endOf(plan)].join('\n\n')
}

const findingCell = (one: Finding): string =>
  one.waived === undefined
    ? `**${one.rule}**: ${cell(findingLine(one).slice(one.rule.length + 1))}; ${cell(one.safeWay)}`
    : `${one.rule}, allowed: ${cell(one.waived.reason)}`

const cell = (text: string): string => oneLine(text).replaceAll('|', '\\|').replaceAll('<', '&lt;')

/** A text in a cell as code, whatever it holds. */
const code = (text: string): string => {
  const line = oneLine(text).replaceAll('|', '\\|')
  const longest = Math.max(0, ...[...line.matchAll(/`+/gu)].map(([run]) => run.length))
  const mark = '`'.repeat(longest + 1)
  return longest === 0 ? `${mark}${line}${mark}` : `${mark} ${line} ${mark}`
}

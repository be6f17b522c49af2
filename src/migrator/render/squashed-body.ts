import type { SourceStyle } from './revision-source.js'

/** A replaced revision, as its text goes into the new file. */
export interface InlinedStep {
  /** Its id, message and file, in a line. */
  readonly title: string
  /** The lines of its file, indented by two. */
  readonly lines: readonly string[]
  /** Of ES modules: an expression of its exports. Of CommonJS nothing: it says so itself. */
  readonly exports?: string
  /** Whether its functions take Sequelize's class as a second argument. */
  readonly takesClass: boolean
}

/** How the file is written. */
export interface BodyStyle extends SourceStyle {
  /** Whether the type `Migration` is at hand. */
  readonly isTyped: boolean
}

/** The lines behind the header: each replaced revision in a function of its own, and what runs them in order. */
export const renderSquashedBody = (
  steps: readonly InlinedStep[],
  { isReversible, style }: { readonly isReversible: boolean; readonly style: BodyStyle },
): readonly string[] => {
  const names = steps.map((_step, index) => `step${index + 1}`)
  const blocks = steps.map(({ title, lines, exports }, index) => [
    `// ${title}`,
    ...(exports === undefined
      ? [`const ${names[index]} = exportsOf((module, exports) => {`, ...lines, '})']
      : [`const ${names[index]} = (() => {`, ...lines, `  return ${exports}`, '})()']),
    '',
  ])
  const helper = steps.some((step) => step.exports === undefined) ? [...EXPORTS_OF, ''] : []
  const run = (direction: 'up' | 'down'): readonly string[] => {
    const order = [...steps.entries()]
    if (direction === 'down') order.reverse()
    const takesClass = steps.some((step) => step.takesClass)
    const target = style.syntax === 'esm' ? `export const ${direction}` : `exports.${direction}`
    const typed = style.isTyped && !takesClass ? `${target}: Migration` : target
    return [
      `${typed} = async (params${takesClass ? ', sequelizeClass' : ''}) => {`,
      ...order.map(
        ([index, step]) =>
          `  await ${names[index]}.${direction}(params${step.takesClass ? ', sequelizeClass' : ''})`,
      ),
      '}',
    ]
  }
  return [...helper, ...blocks.flat(), ...run('up'), ...(isReversible ? ['', ...run('down')] : [])]
}

const EXPORTS_OF: readonly string[] = [
  'const exportsOf = (run) => {',
  '  const module = { exports: {} }',
  '  run(module, module.exports)',
  '  return module.exports',
  '}',
]

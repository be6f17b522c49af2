import { renderLiteral } from './literals.js'
import { renderText } from './text.js'

/** Extension of a revision file: TypeScript or JavaScript; of ES modules, of CommonJS, or as the host's package says. */
export type RevisionFormat = 'ts' | 'mts' | 'cts' | 'js' | 'mjs' | 'cjs'

/** Every {@link RevisionFormat}. */
export const REVISION_FORMATS: readonly RevisionFormat[] = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs']

/** How a file exports its names: `export const up`, or `exports.up`. */
export type ModuleSyntax = 'esm' | 'commonjs'

/** What goes into a revision file. */
export interface RevisionSource {
  /** Id. */
  readonly revision: string
  /** For people; may be empty. */
  readonly message: string
  /** Ids of what it stands on; none for the first of a line. */
  readonly downRevision: readonly string[]
  /** Ids or labels of what it needs beside its line. */
  readonly dependsOn?: readonly string[]
  /** Names of the line that begins here. */
  readonly branchLabels?: readonly string[]
  /** Ids of the revisions in whose place it is, in order. */
  readonly replaces?: readonly string[]
  /** Further exported constants. */
  readonly constants?: Readonly<Record<string, string | boolean>>
  /** What `up` does. */
  readonly up: StepSource
  /** What `down` does; absent for an irreversible revision. */
  readonly down?: StepSource
  /** Names that the steps use of the package `sequelize`. */
  readonly sequelizeNames?: Iterable<string>
  /** Imports and steps that are written already, in whose place `up`, `down` and `sequelizeNames` are not looked at. */
  readonly written?: { readonly imports: readonly string[]; readonly body: readonly string[] }
  /** Lines of a comment at the top of the file, without the slashes. */
  readonly comment?: readonly string[]
}

/**
 * What a direction does. `empty`: a step that the author is to write. `nothing`: one that has nothing to do.
 * A list: statements on `op`, laid out for an indentation of two; the first line of each is not indented yet.
 */
export type StepSource = 'empty' | 'nothing' | readonly string[]

/** How the text is written. */
export interface SourceStyle {
  readonly language: 'typescript' | 'javascript'
  readonly syntax: ModuleSyntax
}

/**
 * The style of a file with this extension.
 *
 * @param packageSyntax - What a `.js` file is in the host's package.
 */
export const styleOf = (format: RevisionFormat, packageSyntax: ModuleSyntax): SourceStyle => {
  // TypeScript is written with `import` and `export` in CommonJS too.
  if (format === 'ts' || format === 'mts' || format === 'cts')
    return { language: 'typescript', syntax: 'esm' }
  const syntax = format === 'js' ? packageSyntax : format === 'mjs' ? 'esm' : 'commonjs'
  return { language: 'javascript', syntax }
}

/** The text of a revision file: it loads and runs as it is, whatever is in the message. */
export const renderRevision = (source: RevisionSource, style: SourceStyle): string => {
  const blocks = [
    ...(source.comment ?? []).map((line) => `// ${line}`.trimEnd()),
    ...(source.comment === undefined ? [] : ['']),
    ...imports(source, style),
    ...constants(source).map(([name, value]) => constant(name, value, style)),
    '',
    ...(source.written?.body ?? steps(source, style)),
  ]
  return `${blocks.join('\n')}\n`
}

const steps = ({ up, down }: RevisionSource, style: SourceStyle): readonly string[] => [
  ...step('up', up, style),
  ...(down === undefined ? [] : ['', ...step('down', down, style)]),
]

const imports = ({ sequelizeNames = [], written }: RevisionSource, style: SourceStyle): readonly string[] => {
  if (written !== undefined) return written.imports.length === 0 ? [] : [...written.imports, '']
  const names = [...sequelizeNames].sort().join(', ')
  const lines: string[] = []
  if (names !== '')
    lines.push(
      style.syntax === 'esm'
        ? `import { ${names} } from 'sequelize'`
        : `const { ${names} } = require('sequelize')`,
    )
  if (style.language === 'typescript') lines.push("import type { Migration } from 'sm2kit/migrator'")
  return lines.length === 0 ? [] : [...lines, '']
}

const constants = ({
  revision,
  message,
  downRevision,
  dependsOn = [],
  branchLabels = [],
  replaces = [],
  constants: others = {},
}: RevisionSource): readonly (readonly [name: string, value: string])[] => [
  ['revision', renderText(revision)],
  ['downRevision', downRevisionOf(downRevision)],
  ...(dependsOn.length === 0 ? [] : [['dependsOn', renderTexts(dependsOn)] as const]),
  ...(branchLabels.length === 0 ? [] : [['branchLabels', renderTexts(branchLabels)] as const]),
  ...(replaces.length === 0 ? [] : [['replaces', renderTexts(replaces)] as const]),
  ['message', renderText(message)],
  ...Object.entries(others).map(([name, value]) => [name, renderLiteral(value).text] as const),
]

const downRevisionOf = (ids: readonly string[]): string => {
  const [only] = ids
  if (only === undefined) return 'null'
  return ids.length === 1 ? renderText(only) : renderTexts(ids)
}

const renderTexts = (texts: readonly string[]): string => `[${texts.map(renderText).join(', ')}]`

const constant = (name: string, value: string, { syntax }: SourceStyle): string =>
  syntax === 'esm' ? `export const ${name} = ${value}` : `exports.${name} = ${value}`

const step = (
  name: 'up' | 'down',
  source: StepSource,
  { language, syntax }: SourceStyle,
): readonly string[] => {
  const target = syntax === 'esm' ? `export const ${name}` : `exports.${name}`
  const typed = language === 'typescript' ? `${target}: Migration` : target
  if (source === 'nothing') return [`${typed} = async () => {}`]
  // Of the parameter alone: with `@type {Migration}` TypeScript asks each function of a checked JavaScript file for a result.
  const documented =
    language === 'typescript' ? [] : ["/** @param {import('sm2kit/migrator').MigrationParams} params */"]
  const lines = source === 'empty' ? [HINTS[name]] : source
  return [
    ...documented,
    `${typed} = async ({ context: op }) => {`,
    ...lines.map((line) => (line === '' ? '' : `  ${line}`)),
    '}',
  ]
}

const HINTS = {
  up: '// await op.addColumn(…)',
  down: '// What takes it back; without `down` the revision is irreversible.',
} as const

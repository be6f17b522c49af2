import { deepStrictEqual } from 'node:assert'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/**
 * Documentation is code that runs. A ```ts block may end a line in `// => VALUE`: the expression on it, or the variable
 * that it declares, deep-equals VALUE; or in `// throws CODE`: the expression throws an error with that code.
 */

export const root = fileURLToPath(new URL('../../', import.meta.url))

export interface Example {
  /** File and line of the block, for messages. */
  readonly place: string
  readonly code: string
  /** What follows `ts` on the fence: empty, or `no-run`. */
  readonly flags: string
}

function filesUnder(folder: string, ending: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}

/** The ```ts blocks of a text that begins at a line of a file. */
function blocksOf(text: string, file: string, firstLine: number): Example[] {
  const lines = text.split('\n')
  const examples: Example[] = []
  for (let i = 0; i < lines.length; i++) {
    const fence = /^(\s*)```(?:ts|typescript)\b ?(.*)$/.exec(lines[i] ?? '')
    if (!fence) continue
    const end = lines.findIndex((line, at) => at > i && line.trim() === '```')
    const code = lines.slice(i + 1, end).join('\n')
    examples.push({ place: `${file}:${firstLine + i}`, code, flags: (fence[2] ?? '').trim() })
    i = end
  }
  return examples
}

/** The blocks in the docstrings of `src`. */
export function sourceExamples(): Example[] {
  return filesUnder('src', '.ts').flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap((comment) => {
      const firstLine = text.slice(0, comment.index).split('\n').length
      return blocksOf(comment[0].replaceAll(/^[ \t]*\* ?/gm, ''), file, firstLine)
    })
  })
}

/** The blocks of the README and of the guides (decisions are records, not guides). */
export function guideExamples(): Example[] {
  const guides = filesUnder('docs', '.md').filter((file) => !/^docs[\\/](api|decisions)[\\/]/.test(file))
  return ['README.md', ...guides].flatMap((file) => {
    try {
      return blocksOf(readFileSync(join(root, file), 'utf8'), file, 1)
    } catch {
      return []
    }
  })
}

const assertionLine = /\/\/ (=>|throws) ?(.*)$/

export const assertionsIn = (code: string): number =>
  code.split('\n').filter((line) => assertionLine.test(line)).length

/** The code with its assertions as calls and its imports as awaits, so that it can be the body of an async function. */
function instrumented(code: string): string {
  const file = ts.createSourceFile('example.ts', code, ts.ScriptTarget.Latest, true)
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line
  const assertions = new Map<number, { kind: string; value: string }>()
  code.split('\n').forEach((line, index) => {
    const match = assertionLine.exec(line)
    if (match) assertions.set(index, { kind: match[1] ?? '', value: (match[2] ?? '').trim() })
  })

  const visit = (statement: ts.Statement): string => {
    const text = statement.getText(file)
    if (ts.isImportDeclaration(statement)) return importAsAwait(statement)
    const own = assertions.get(lineOf(statement.getEnd()))
    // The comment must stand behind this statement, not within it.
    if (!own || !assertionLine.test(code.slice(statement.getEnd()).split('\n')[0] ?? ''))
      return inner(statement, text)
    assertions.delete(lineOf(statement.getEnd()))
    const value = own.kind === '=>' ? `(${own.value})` : JSON.stringify(own.value)
    const check = own.kind === '=>' ? '__equal' : '__throws'
    if (ts.isExpressionStatement(statement)) {
      return `await ${check}(async () => (${statement.expression.getText(file)}), ${own.kind === '=>' ? `() => ${value}` : value});`
    }
    const declared = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.at(-1)
      : undefined
    if (declared && own.kind === '=>')
      return `${text}\nawait __equal(async () => ${declared.name.getText(file)}, () => ${value});`
    throw new Error(`Only an expression or a variable can be asserted, not: ${text}`)
  }

  /** Assertions inside of blocks (`try { … }`, `for … { … }`) count too. */
  const inner = (statement: ts.Statement, text: string): string => {
    const edits: { start: number; end: number; code: string }[] = []
    const walk = (node: ts.Node): void => {
      if (ts.isBlock(node))
        for (const child of node.statements)
          edits.push({ start: child.getStart(file), end: child.getEnd(), code: visit(child) })
      else if (!ts.isFunctionLike(node)) ts.forEachChild(node, walk)
    }
    walk(statement)
    let result = text
    for (const edit of edits.sort((a, b) => b.start - a.start)) {
      const offset = statement.getStart(file)
      result = result.slice(0, edit.start - offset) + edit.code + result.slice(edit.end - offset)
    }
    return result.replace(/^export (?=(?:const|let|var|function|async|class|abstract|type|interface)\b)/, '')
  }

  const body = file.statements.map(visit).join('\n')
  const [lost] = assertions.values()
  if (lost) throw new Error(`An assertion stands where none is read: // ${lost.kind} ${lost.value}`)
  return body
}

function importAsAwait(statement: ts.ImportDeclaration): string {
  const clause = statement.importClause
  const from = statement.moduleSpecifier.getText()
  if (clause?.phaseModifier === ts.SyntaxKind.TypeKeyword) return ''
  const parts: string[] = []
  if (clause?.name) parts.push(`default: ${clause.name.text}`)
  const bindings = clause?.namedBindings
  if (bindings && ts.isNamespaceImport(bindings))
    return `const ${bindings.name.text} = await __import(${from});`
  for (const element of bindings?.elements ?? []) {
    if (!element.isTypeOnly)
      parts.push(`${element.propertyName?.getText() ?? element.name.text}: ${element.name.text}`)
  }
  return `const { ${parts.join(', ')} } = await __import(${from});`
}

async function equal(actual: () => Promise<unknown>, expected: () => unknown): Promise<void> {
  deepStrictEqual(await actual(), expected())
}

async function throws(action: () => Promise<unknown>, code: string): Promise<void> {
  let outcome: unknown = 'nothing'
  try {
    await action()
  } catch (error) {
    outcome = error instanceof Error && 'code' in error ? error.code : error
  }
  deepStrictEqual(outcome, code)
}

/** Runs an example in a folder of its own, which is gone afterwards. Imports resolve as in the tests, to the source. */
export async function runExample({ code }: Example): Promise<void> {
  const { outputText } = ts.transpileModule(instrumented(code), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  })
  const AsyncFunction = (async () => {}).constructor as new (
    ...parts: string[]
  ) => (...given: unknown[]) => Promise<void>
  const run = new AsyncFunction('__import', '__equal', '__throws', outputText.replace(/^export \{\};?$/m, ''))
  const folder = mkdtempSync(join(tmpdir(), 'sm2kit-example-'))
  const before = process.cwd()
  process.chdir(folder)
  try {
    await run((name: string) => import(/* @vite-ignore */ name), equal, throws)
  } finally {
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A name that an entry exports, and the docstring where it is declared. */
export interface Documented {
  readonly name: string
  readonly place: string
  readonly isValue: boolean
  readonly docstring: string
  /** Members of an exported interface or class that have no docstring. */
  readonly bareMembers: readonly string[]
}

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)

function docstringOf(node: ts.Node): string {
  return ts
    .getJSDocCommentsAndTags(node)
    .map((doc) => doc.getFullText())
    .join('\n')
}

/** Everything that an entry exports, followed to its declaration. */
export function documented(entry: string): Documented[] {
  const found: Documented[] = []
  collect(join(root, entry), undefined, found)
  return found
}

function collect(path: string, wanted: string | undefined, found: Documented[]): void {
  const file = parse(path)
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement) && statement.moduleSpecifier) {
      const target = join(
        path,
        '..',
        statement.moduleSpecifier.getText(file).slice(1, -1).replace(/\.js$/, '.ts'),
      )
      const clause = statement.exportClause
      if (!clause) collect(target, wanted, found)
      else if (ts.isNamedExports(clause)) {
        for (const element of clause.elements) {
          if (wanted !== undefined && element.name.text !== wanted) continue
          collect(target, (element.propertyName ?? element.name).getText(file), found)
        }
      }
      continue
    }
    if (!ts.canHaveModifiers(statement)) continue
    if (!ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword))
      continue
    for (const name of namesOf(statement)) {
      if (wanted !== undefined && name !== wanted) continue
      if (found.some((one) => one.name === name && one.docstring !== '')) continue
      found.push({
        name,
        place: relative(root, path),
        isValue: !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement),
        docstring: docstringOf(statement),
        bareMembers: membersOf(statement)
          .filter((member) => docstringOf(member) === '')
          .map((member) => member.name?.getText(file) ?? ts.SyntaxKind[member.kind]),
      })
    }
  }
}

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map((one) => one.name.getText())
  const named = statement as ts.DeclarationStatement
  return named.name ? [named.name.getText()] : []
}

function membersOf(statement: ts.Statement): readonly (ts.TypeElement | ts.ClassElement)[] {
  if (ts.isInterfaceDeclaration(statement)) return statement.members
  if (!ts.isClassDeclaration(statement)) return []
  return statement.members.filter((member) => {
    const isHidden =
      ts.canHaveModifiers(member) &&
      ts.getModifiers(member)?.some((one) => one.kind === ts.SyntaxKind.PrivateKeyword)
    return !isHidden && !(member.name && ts.isPrivateIdentifier(member.name))
  })
}

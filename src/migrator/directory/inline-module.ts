import jsTokens, { type Token } from 'js-tokens'
import { RevisionError } from '../errors.js'
import { type ImportBinding, readImport } from './inline-imports.js'

/** A revision file as it goes into another one. */
export interface InlinedModule {
  readonly syntax: 'esm' | 'commonjs'
  /** What it imports; none in CommonJS, where `require` stays in the text. */
  readonly imports: readonly ImportBinding[]
  /** Sources that it imports for what they do. */
  readonly effects: readonly string[]
  /** Its lines without header, imports and exports, as the body of a function. */
  readonly lines: readonly string[]
  /** Of ES modules: names that it exports, `default` among them. */
  readonly exported: ReadonlySet<string>
}

/** Exports that say where a revision stands and how it runs: those of the new file take their place. */
const HEADER: ReadonlySet<string> = new Set([
  ...['revision', 'downRevision', 'dependsOn', 'branchLabels', 'replaces', 'message', 'shippedChecksum'],
  ...['transaction', 'breaking'],
])
const SPACE: ReadonlySet<string> = new Set([
  ...['WhiteSpace', 'LineTerminatorSequence', 'MultiLineComment', 'SingleLineComment', 'HashbangComment'],
])
const OPENING: ReadonlySet<string> = new Set(['{', '(', '['])
const CLOSING: ReadonlySet<string> = new Set(['}', ')', ']'])
const DECLARING: ReadonlySet<string> = new Set(['const', 'let', 'var', 'function', 'class', 'async'])
const TYPES: ReadonlySet<string> = new Set(['type', 'interface', 'enum', 'declare', 'abstract', 'namespace'])

/** What `export default` gives is called so within. */
export const DEFAULT_NAME = 'exportedDefault'

/**
 * The text of a revision file as a part of another file: word for word, without what says where it stands.
 *
 * @param label - How messages call the file.
 * @throws RevisionError `NOT_SQUASHABLE` for a file that exports in a way that cannot be taken over.
 */
export const inlineModule = (source: string, label: string): InlinedModule => {
  const tokens = [...jsTokens(source)] as Token[]
  const inlining = new Inlining(tokens, label)
  return inlining.read()
}

class Inlining {
  /** Indices of the tokens that say something. */
  readonly #said: readonly number[]
  readonly #dropped = new Set<number>()
  readonly #replaced = new Map<number, string>()
  readonly #imports: ImportBinding[] = []
  readonly #effects: string[] = []
  readonly #exported = new Set<string>()

  constructor(
    readonly tokens: readonly Token[],
    readonly label: string,
  ) {
    this.#said = tokens.flatMap(({ type }, index) => (SPACE.has(type) ? [] : [index]))
  }

  read(): InlinedModule {
    let syntax: InlinedModule['syntax'] = 'commonjs'
    let depth = 0
    for (let at = 0; at < this.#said.length; at += 1) {
      const { type } = this.#token(at)
      const text = this.#text(at)
      if (type === 'TemplateHead' || (type === 'Punctuator' && OPENING.has(text))) depth += 1
      else if (type === 'TemplateTail' || (type === 'Punctuator' && CLOSING.has(text))) depth -= 1
      if (depth > 0 || type !== 'IdentifierName' || this.#text(at - 1) === '.') continue
      if (text === 'import' && !['(', '.'].includes(this.#text(at + 1))) {
        syntax = 'esm'
        at = this.#import(at)
      } else if (text === 'export') {
        syntax = 'esm'
        at = this.#export(at)
      } else if (text === 'exports' && this.#text(at + 1) === '.' && HEADER.has(this.#text(at + 2))) {
        const end = this.#text(at + 3) === '=' ? this.#endOfLiteral(at + 4) : undefined
        if (end !== undefined) {
          this.#drop(at, end)
          at = end - 1
        }
      }
    }
    return {
      syntax,
      imports: this.#imports,
      effects: this.#effects,
      lines: this.#lines(),
      exported: this.#exported,
    }
  }

  #token(at: number): Token {
    return this.tokens[this.#said[at] ?? -1] ?? ({ type: 'WhiteSpace', value: '' } as Token)
  }

  #text(at: number): string {
    return this.#token(at).value
  }

  /** Takes an import out. Returns the place of its last token. */
  #import(at: number): number {
    const found = readImport((offset) => this.#token(at + offset))
    if (found === undefined) throw this.#refusal(`an import that is not understood (${this.#words(at)})`)
    this.#imports.push(...found.bindings)
    if (found.bindings.length === 0) this.#effects.push(found.source)
    this.#drop(at, at + found.length)
    return at + found.length - 1
  }

  #export(at: number): number {
    const next = this.#text(at + 1)
    if (next === 'default') {
      if (['function', 'class', 'async'].includes(this.#text(at + 2)))
        throw this.#refusal('a function or class as its default export')
      this.#exported.add('default')
      this.#replaced.set(this.#said[at] ?? -1, 'const')
      this.#replaced.set(this.#said[at + 1] ?? -1, `${DEFAULT_NAME} =`)
      return at + 1
    }
    if (TYPES.has(next)) {
      this.#unexport(at)
      return at
    }
    if (!DECLARING.has(next)) throw this.#refusal(`\`${this.#words(at)}\`: write \`export const …\``)
    let name = at + 2
    while (['function', '*'].includes(this.#text(name))) name += 1
    if (this.#token(name).type !== 'IdentifierName')
      throw this.#refusal(`\`${this.#words(at)}\`: write \`export const …\``)
    const exported = this.#text(name)
    const end = HEADER.has(exported) && !this.#isUsed(exported) ? this.#endOfHeader(name + 1) : undefined
    if (end !== undefined) {
      this.#drop(at, end)
      return end - 1
    }
    this.#exported.add(exported)
    this.#unexport(at)
    return at
  }

  /** Whether a name stands anywhere else, but as a property. */
  #isUsed(name: string): boolean {
    const places = this.#said.filter(
      (index, at) =>
        this.tokens[index]?.type === 'IdentifierName' &&
        this.tokens[index]?.value === name &&
        this.#text(at - 1) !== '.',
    )
    return places.length > 1
  }

  /** Behind a type annotation, `=` and a literal; nothing where it is another expression. */
  #endOfHeader(at: number): number | undefined {
    let assigned = at
    if (this.#text(assigned) === ':') while (!['=', ';', ''].includes(this.#text(assigned))) assigned += 1
    return this.#text(assigned) === '=' ? this.#endOfLiteral(assigned + 1) : undefined
  }

  #endOfLiteral(at: number): number | undefined {
    let end = at + 1
    const isText = (place: number): boolean =>
      ['StringLiteral', 'NoSubstitutionTemplate'].includes(this.#token(place).type)
    if (this.#text(at) === '[') {
      while (isText(end) || this.#text(end) === ',') end += 1
      if (this.#text(end) !== ']') return undefined
      end += 1
    } else if (!isText(at) && !['null', 'true', 'false'].includes(this.#text(at))) return undefined
    if (this.#text(end) === 'as' && this.#text(end + 1) === 'const') end += 2
    if (this.#text(end) === ';') return end + 1
    const isOver = this.#token(end).type === 'IdentifierName' || this.#text(end) === ''
    return isOver ? end : undefined
  }

  /** Takes out the tokens from one to another that is not among them, and the line break behind. */
  #drop(from: number, to: number): void {
    const first = this.#said[from] ?? 0
    const last = this.#said[to - 1] ?? first
    for (let index = first; index <= last; index += 1) this.#dropped.add(index)
    for (let index = last + 1; SPACE.has(this.tokens[index]?.type ?? ''); index += 1) {
      const type = this.tokens[index]?.type
      if (type !== 'WhiteSpace' && type !== 'LineTerminatorSequence') break
      this.#dropped.add(index)
      if (type === 'LineTerminatorSequence') break
    }
  }

  #unexport(at: number): void {
    const index = this.#said[at] ?? -1
    this.#dropped.add(index)
    if (this.tokens[index + 1]?.type === 'WhiteSpace') this.#dropped.add(index + 1)
  }

  /** Indented by two, but within templates and comments, where the white space may be a part of them. */
  #lines(): readonly string[] {
    const lines = ['']
    for (const [index, { type, value }] of this.tokens.entries()) {
      if (this.#dropped.has(index) || type === 'HashbangComment') continue
      if (type === 'LineTerminatorSequence') lines.push('')
      else lines[lines.length - 1] += this.#replaced.get(index) ?? value
    }
    const tidy = lines.map((line) => (/^\s*$/u.test(line) ? '' : `  ${line}`))
    const kept = tidy.filter((line, index) => line !== '' || (index > 0 && tidy[index - 1] !== ''))
    return kept.at(-1) === '' ? kept.slice(0, -1) : kept
  }

  #words(at: number): string {
    return [0, 1, 2, 3]
      .map((offset) => this.#text(at + offset))
      .join(' ')
      .trim()
  }

  #refusal(what: string): RevisionError {
    return new RevisionError(
      'NOT_SQUASHABLE',
      `${this.label} has ${what}. Its text cannot become a part of another file. Nothing was written.`,
      { subject: this.label },
    )
  }
}

import type { QualifiedName } from '../schema/schema.js'
import type { SqlToken } from './sql-tokens.js'

/** Reads the pieces of a statement one after another. */
export class TokenReader {
  #at = 0

  constructor(
    readonly tokens: readonly SqlToken[],
    readonly sql: string,
  ) {}

  get isAtEnd(): boolean {
    return this.#at >= this.tokens.length
  }

  /** What comes next, as words and symbols are compared; a quoted name is none of them. */
  peek(ahead = 0): string | undefined {
    const token = this.tokens[this.#at + ahead]
    return token === undefined || token.kind === 'name' || token.kind === 'text' ? undefined : token.value
  }

  /** Goes behind these words, when they come next. */
  take(...words: readonly string[]): boolean {
    if (!words.every((word, index) => this.peek(index) === word)) return false
    this.#at += words.length
    return true
  }

  skip(): void {
    this.#at += 1
  }

  /** A name without a schema: as it stands where it is quoted, else as the engine folds it. */
  name(): string | undefined {
    const token = this.tokens[this.#at]
    if (token === undefined || (token.kind !== 'name' && token.kind !== 'word')) return undefined
    this.#at += 1
    return token.kind === 'name' ? token.value : token.source
  }

  /** A name that may have a schema before it. */
  qualified(): QualifiedName | undefined {
    const first = this.name()
    if (first === undefined) return undefined
    if (!this.take('.')) return { schema: null, name: first }
    const name = this.name()
    return name === undefined ? undefined : { schema: first, name }
  }

  /** What stands in the brackets that come next, or nothing. */
  brackets(): TokenReader | undefined {
    if (this.peek() !== '(') return undefined
    const start = this.#at + 1
    let depth = 0
    for (; this.#at < this.tokens.length; this.#at += 1) {
      if (this.peek() === '(') depth += 1
      if (this.peek() === ')') depth -= 1
      if (depth === 0) break
    }
    const inside = new TokenReader(this.tokens.slice(start, this.#at), this.sql)
    this.#at += 1
    return inside
  }

  /** What is left, in the parts that commas outside of brackets make. */
  parts(): readonly TokenReader[] {
    const parts: SqlToken[][] = [[]]
    let depth = 0
    for (const token of this.tokens.slice(this.#at)) {
      const mark = token.kind === 'symbol' ? token.value : ''
      if (mark === '(') depth += 1
      if (mark === ')') depth -= 1
      if (mark === ',' && depth === 0) parts.push([])
      else parts.at(-1)?.push(token)
    }
    this.#at = this.tokens.length
    return parts.filter((part) => part.length > 0).map((part) => new TokenReader(part, this.sql))
  }

  /** Whether these words come one after another in what is left, outside of brackets. */
  has(...words: readonly string[]): boolean {
    return this.find(words) !== -1
  }

  /** What is left behind these words, outside of brackets; undefined where they do not come. */
  behind(...words: readonly string[]): TokenReader | undefined {
    const at = this.find(words)
    return at === -1 ? undefined : new TokenReader(this.tokens.slice(at + words.length), this.sql)
  }

  /** The text of what is left, up to the first of these words outside of brackets. */
  textUntil(stops: ReadonlySet<string>): string {
    const start = this.tokens[this.#at]
    let depth = 0
    let end = start?.at ?? 0
    for (; this.#at < this.tokens.length; this.#at += 1) {
      const token = this.tokens[this.#at]
      const mark = this.peek() ?? ''
      if (token === undefined || (depth === 0 && stops.has(mark))) break
      if (mark === '(') depth += 1
      if (mark === ')') depth -= 1
      end = token.at + token.source.length
    }
    return this.sql.slice(start?.at ?? 0, end)
  }

  private find(words: readonly string[]): number {
    let depth = 0
    for (let at = this.#at; at < this.tokens.length; at += 1) {
      const ahead = at - this.#at
      if (depth === 0 && words.every((word, index) => this.peek(ahead + index) === word)) return at
      const mark = this.peek(ahead)
      if (mark === '(') depth += 1
      if (mark === ')') depth -= 1
    }
    return -1
  }
}

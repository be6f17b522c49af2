import { isTrivia, isWord, type Token, tokenize } from './tokens.js'

/** Reads tokens one after the other; white space and comments are passed over, and kept in every text that it gives. */
export class TokenReader {
  #at = 0
  readonly #tokens: readonly Token[]
  /** Indexes of the tokens that mean something. */
  readonly #solid: readonly number[]

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
    const solid: number[] = []
    for (let index = 0; index < tokens.length; index += 1)
      if (!isTrivia(tokens[index] as Token)) solid.push(index)
    this.#solid = solid
  }

  /** A reader of a text. */
  static of(sql: string): TokenReader {
    return new TokenReader(tokenize(sql))
  }

  /** How many tokens that mean something were read. */
  get position(): number {
    return this.#at
  }

  /** Whether nothing is left but white space and comments. */
  get isAtEnd(): boolean {
    return this.#at >= this.#solid.length
  }

  /** A token that is still to come; 0 is the next one. */
  peek(ahead = 0): Token | undefined {
    const index = this.#solid[this.#at + ahead]
    return index === undefined ? undefined : this.#tokens[index]
  }

  /** Reads the next token, with everything up to its closing bracket when it opens one; gives the first. */
  skip(): Token {
    const token = this.peek()
    if (token === undefined) return END
    if (isWord(token, '(')) this.group()
    else this.#at += 1
    return token
  }

  /** Reads these keywords when they stand here. */
  takes(...words: readonly string[]): boolean {
    for (let ahead = 0; ahead < words.length; ahead += 1)
      if (!isWord(this.peek(ahead), words[ahead] ?? '')) return false
    this.#at += words.length
    return true
  }

  /** Reads what stands in brackets here, and gives it with them. */
  group(): string | undefined {
    if (!isWord(this.peek(), '(')) return undefined
    const from = this.#at
    let depth = 0
    do {
      const token = this.peek()
      if (isWord(token, '(')) depth += 1
      if (isWord(token, ')')) depth -= 1
      this.#at += 1
    } while (depth > 0 && !this.isAtEnd)
    return this.textFrom(from)
  }

  /** White space and comments before the next token. */
  trivia(): string {
    const previous = this.#at === 0 ? -1 : (this.#solid[this.#at - 1] ?? -1)
    const next = this.#solid[this.#at] ?? this.#tokens.length
    return textOf(this.#tokens.slice(previous + 1, next))
  }

  /** The text from a {@link TokenReader.position} to the last token that was read. */
  textFrom(position: number): string {
    return textOf(this.tokensFrom(position))
  }

  /** The tokens from a position to the last one that was read, with what stands between them. */
  tokensFrom(position: number): readonly Token[] {
    const first = this.#solid[position] ?? this.#tokens.length
    const last = this.#at === 0 ? -1 : (this.#solid[this.#at - 1] ?? -1)
    return this.#tokens.slice(first, last + 1)
  }

  /** What is left, split at the commas outside brackets. */
  listItems(): readonly TokenReader[] {
    return this.listTokens().map((tokens) => new TokenReader(tokens))
  }

  /** As {@link TokenReader.listItems}, as tokens, white space and comments among them. */
  listTokens(): readonly (readonly Token[])[] {
    const first = this.#at === 0 ? 0 : (this.#solid[this.#at - 1] ?? -1) + 1
    const items: Token[][] = [[]]
    let depth = 0
    for (const token of this.#tokens.slice(first)) {
      if (isWord(token, '(')) depth += 1
      if (isWord(token, ')')) depth -= 1
      if (depth === 0 && isWord(token, ',')) items.push([])
      else items.at(-1)?.push(token)
    }
    this.#at = this.#solid.length
    return items
  }
}

const END: Token = { kind: 'symbol', text: '', start: -1 }

const textOf = (tokens: readonly Token[]): string => {
  let text = ''
  for (const token of tokens) text += token.text
  return text
}

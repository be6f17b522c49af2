import type { Token } from 'js-tokens'

/** A name that a file imports. */
export interface ImportBinding {
  /** As it is written, without quotes. */
  readonly source: string
  readonly kind: 'default' | 'namespace' | 'named'
  /** What it is called there. */
  readonly imported: string
  /** What it is called here. */
  readonly local: string
  readonly isType: boolean
}

interface ReadImport {
  readonly bindings: readonly ImportBinding[]
  readonly source: string
  /** How many tokens it takes. */
  readonly length: number
}

/**
 * Reads an import declaration.
 *
 * @param token - The significant token so many behind the word `import`.
 * @returns Nothing for what is not understood.
 */
export const readImport = (token: (offset: number) => Token): ReadImport | undefined => {
  const text = (at: number): string => token(at).value
  const isName = (at: number): boolean => token(at).type === 'IdentifierName'
  const bindings: Omit<ImportBinding, 'source'>[] = []
  let at = 1
  const end = (): ReadImport | undefined => {
    if (token(at).type !== 'StringLiteral') return undefined
    const source = text(at).slice(1, -1)
    at += 1
    if (['with', 'assert'].includes(text(at)) && text(at + 1) === '{') return undefined
    if (text(at) === ';') at += 1
    return { bindings: bindings.map((binding) => ({ ...binding, source })), source, length: at }
  }
  if (token(at).type === 'StringLiteral') return end()
  const isType = text(at) === 'type' && !['from', ','].includes(text(at + 1))
  if (isType) at += 1
  if (isName(at)) {
    bindings.push({ kind: 'default', imported: 'default', local: text(at), isType })
    at += 1
    if (text(at) === ',') at += 1
  }
  if (text(at) === '*' && text(at + 1) === 'as' && isName(at + 2)) {
    bindings.push({ kind: 'namespace', imported: '*', local: text(at + 2), isType })
    at += 3
  } else if (text(at) === '{') {
    at += 1
    while (text(at) !== '}') {
      const isOneType = text(at) === 'type' && isName(at + 1) && text(at + 1) !== 'as'
      if (isOneType) at += 1
      if (!isName(at)) return undefined
      const imported = text(at)
      const isRenamed = text(at + 1) === 'as' && isName(at + 2)
      bindings.push({
        kind: 'named',
        imported,
        local: isRenamed ? text(at + 2) : imported,
        isType: isType || isOneType,
      })
      at += isRenamed ? 3 : 1
      if (text(at) === ',') at += 1
      else if (text(at) !== '}') return undefined
    }
    at += 1
  }
  if (text(at) !== 'from') return undefined
  at += 1
  return end()
}

/**
 * The imports of several files as those of one.
 *
 * @returns The lines; or the name that two of them use for different things.
 */
export const joinImports = (
  bindings: readonly ImportBinding[],
  effects: readonly string[],
): { readonly lines: readonly string[] } | { readonly conflict: string } => {
  const byLocal = new Map<string, ImportBinding>()
  for (const binding of bindings) {
    const { local, source, kind, imported, isType } = binding
    const other = byLocal.get(local)
    if (other === undefined) byLocal.set(local, binding)
    else if (other.source !== source || other.kind !== kind || other.imported !== imported)
      return { conflict: local }
    else if (!isType) byLocal.set(local, binding)
  }
  const sources = [...new Set([...byLocal.values()].map(({ source }) => source))]
  const lines = [...new Set(effects)].map((source) => `import ${quote(source)}`)
  for (const source of sources) {
    for (const isType of [false, true]) {
      const own = [...byLocal.values()].filter((one) => one.source === source && one.isType === isType)
      const before = isType ? 'import type' : 'import'
      for (const { kind, local } of own) {
        if (kind === 'default') lines.push(`${before} ${local} from ${quote(source)}`)
        if (kind === 'namespace') lines.push(`${before} * as ${local} from ${quote(source)}`)
      }
      const named = own
        .filter(({ kind }) => kind === 'named')
        .map(({ imported, local }) => (imported === local ? local : `${imported} as ${local}`))
        .sort()
      if (named.length > 0) lines.push(`${before} { ${named.join(', ')} } from ${quote(source)}`)
    }
  }
  return { lines }
}

const quote = (source: string): string => (source.includes("'") ? `"${source}"` : `'${source}'`)

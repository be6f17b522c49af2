/** What would be lost, or hides what a line says: control and format characters, line separators, halves of a pair. */
const HIDDEN = /(?!\n|\u200c|\u200d)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }

/**
 * A text as a JavaScript literal whose value is exactly that text. Of the three kinds of quotes the first that needs no
 * escape is taken, so that the headers of revision files can be read without running them; else single quotes with escapes.
 *
 * @param value - Any text; halves of surrogate pairs too.
 */
export const renderText = (value: string): string => {
  if (!value.includes('\\') && !HIDDEN.test(value)) {
    const isOneLine = !value.includes('\n')
    if (isOneLine && !value.includes("'")) return `'${value}'`
    if (isOneLine && !value.includes('"')) return `"${value}"`
    if (!value.includes('`') && !value.includes('${')) return `\`${value}\``
  }
  return `'${[...value].map(escaped).join('')}'`
}

const escaped = (character: string): string => {
  const named = NAMED[character]
  if (named !== undefined) return named
  if (character === "'") return "\\'"
  if (!HIDDEN.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
}

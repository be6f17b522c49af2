import { type Invocation, usage } from '../invocation.js'

/**
 * What `--rename` says. The table need not be written twice: `words.text=title` is `words.text=words.title`.
 *
 * @throws CliError `USAGE`
 */
export const renamesOf = (invocation: Invocation): Readonly<Record<string, string>> =>
  Object.fromEntries(
    invocation.list('rename').map((text) => {
      const at = text.indexOf('=')
      const [from, to] = [text.slice(0, Math.max(at, 0)).trim(), text.slice(at + 1).trim()]
      if (from === '' || to === '')
        throw usage(`--rename takes old=new, such as words.text=words.title, and not "${text}".`, '--rename')
      const dot = from.lastIndexOf('.')
      return [from, dot === -1 || to.includes('.') ? to : `${from.slice(0, dot)}.${to}`]
    }),
  )

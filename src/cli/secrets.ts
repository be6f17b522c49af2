// Shorter ones would blot out half of every message, and protect nothing.
const SHORTEST_SECRET = 3

/** The passwords of one command, none of which may be printed. */
export class Secrets {
  readonly #texts = new Set<string>()

  /** @param folder - The working folder, whose absolute path is not printed either. */
  constructor(readonly folder: string) {}

  /** Remembers the password of a connection URL, however it is spelled. */
  addUrl(url: string): void {
    const written = /^[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:(.*)@/iu.exec(url)?.[1]
    if (written !== undefined) this.addPassword(written)
  }

  /** Remembers a password as it is, as a URL spells it, and as it reads decoded. */
  addPassword(password: unknown): void {
    if (typeof password !== 'string') return
    for (const text of [password, encodeURIComponent(wellFormed(password)), decoded(password)]) {
      if (text.length >= SHORTEST_SECRET) this.#texts.add(text)
    }
  }

  /** A text without passwords, and without the absolute path of the working folder. */
  redact(text: string): string {
    let clean = text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/]*@/giu, '$1***@')
    for (const secret of [...this.#texts].sort((a, b) => b.length - a.length))
      clean = clean.split(secret).join('***')
    return clean.split(`file://${this.folder}/`).join('').split(`${this.folder}/`).join('')
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Half of a surrogate pair cannot be percent-encoded. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD')

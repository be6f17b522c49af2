/** What the doctor found out about one thing. */
export interface Check {
  /** What was looked at. */
  readonly name: string
  readonly state: 'ok' | 'warning' | 'wrong'
  /** What was found. */
  readonly message: string
  /** How to mend it; absent when nothing is to be done. */
  readonly remedy?: string
}

/** Nothing is to be done. */
export const ok = (name: string, message: string): Check => ({ name, state: 'ok', message })

/** It works, and somebody should know. */
export const warning = (name: string, message: string, remedy: string): Check => ({
  ...{ name, state: 'warning', message, remedy },
})

/** It does not work. */
export const wrong = (name: string, message: string, remedy: string): Check => ({
  ...{ name, state: 'wrong', message, remedy },
})

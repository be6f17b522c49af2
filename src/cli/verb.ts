import type { Invocation } from './invocation.js'

/** What a verb gives back: a value for programs, a text for people. */
export interface Outcome {
  /** Printed under `--json`; JSON. */
  readonly value: unknown
  /** Printed otherwise; nothing when it is empty. */
  readonly text: string
  /** 0 unless given. */
  readonly exitCode?: number
}

/** The work of a verb. */
export type Run = (invocation: Invocation) => Promise<Outcome>

/** A flag of a verb. */
export interface VerbOption {
  /** As commander reads it, such as `-m, --message <text>`. */
  readonly flags: string
  readonly description: string
  /** Whether the verb cannot do without it. */
  readonly isRequired?: boolean
  /** The values that it may have. */
  readonly choices?: readonly string[]
}

/** A verb of the command line: what it is called and takes, and where its work is. */
export interface Verb {
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  /** More about it, for its help and `docs/cli.md`. */
  readonly description?: string
  /** As commander reads them, `<required>` or `[optional]`, by description. */
  readonly arguments?: Readonly<Record<string, string>>
  readonly options?: readonly VerbOption[]
  /** What can be typed behind `sm2kit`, with what it does. */
  readonly examples: Readonly<Record<string, string>>
  /** Loads the module of the verb: only when it is called. */
  load(): Promise<Run>
}

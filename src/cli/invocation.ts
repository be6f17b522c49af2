import type { Command } from 'commander'
import { CliError } from './cli-error.js'
import type { Interrupts } from './interrupts.js'
import type { Secrets } from './secrets.js'
import type { Terminal } from './terminal.js'

/** What surrounds a command: the only way by which it reaches the process. */
export interface Surroundings {
  /** Absolute path of the working folder. */
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly terminal: Terminal
  readonly secrets: Secrets
  readonly interrupts: Interrupts
  /** The command line that the verb is part of. */
  readonly program: Command
}

/** One call of a verb, with what was typed. */
export class Invocation {
  /**
   * @param verb - Its name.
   * @param arguments_ - In order; missing optional ones are undefined.
   * @param options - By commander's name of them, camel case.
   * @param surroundings - The rest of the world.
   */
  constructor(
    readonly verb: string,
    readonly arguments_: readonly unknown[],
    readonly options: Readonly<Record<string, unknown>>,
    readonly surroundings: Surroundings,
  ) {}

  /** Whether a flag without a value was given. */
  isOn(name: string): boolean {
    return this.options[name] === true
  }

  /** The value of a flag, or undefined. */
  text(name: string): string | undefined {
    const value = this.options[name]
    return typeof value === 'string' ? value : undefined
  }

  /** The values of a flag that may be repeated. */
  list(name: string): readonly string[] {
    const value = this.options[name]
    return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : []
  }

  /** An argument that may be left out. */
  optionalArgument(index: number): string | undefined {
    const value = this.arguments_[index]
    return typeof value === 'string' ? value : undefined
  }

  /** An argument that commander has made sure of. */
  argument(index: number): string {
    const value = this.optionalArgument(index)
    if (value === undefined) throw usage(`An argument of "${this.verb}" is missing.`)
    return value
  }

  /** The last argument, of which there may be several. */
  rest(index: number): readonly string[] {
    const value = this.arguments_[index]
    return Array.isArray(value) ? value.map(String) : []
  }
}

/** An error of what was typed: exit code 2. */
export const usage = (message: string, subject?: string): CliError =>
  new CliError('USAGE', `${message} Nothing was run.`, subject === undefined ? {} : { subject })

/** Every code of an error that the command line itself raises; `docs/errors.md` explains each. */
export type CliErrorCode =
  | 'USAGE'
  | 'CONFIG_NOT_FOUND'
  | 'CONFIG_NOT_LOADABLE'
  | 'INVALID_CONFIG'
  | 'UNKNOWN_OPTION'
  | 'INVALID_URL'
  | 'MISSING_PACKAGE'
  | 'FILE_EXISTS'
  | 'POST_WRITE_FAILED'
  | 'OUTPUT_NOT_WRITTEN'
  | 'CANCELLED'
  | 'UNEXPECTED'

const WRONG_USAGE: ReadonlySet<CliErrorCode> = new Set(['USAGE', 'CONFIG_NOT_FOUND'])

/** What the command line refuses by itself, before or beside the migrator. */
export class CliError extends Error {
  override readonly name = 'CliError'

  /**
   * @param code - Stable.
   * @param message - For people: what was refused, what is true now, what to do next.
   * @param details - The error underneath, and the file, flag or package that the error speaks of.
   */
  constructor(
    readonly code: CliErrorCode,
    message: string,
    readonly details: { readonly cause?: unknown; readonly subject?: string } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
  }

  /** 2 when the command was typed wrongly, 1 when it was understood and failed. */
  get exitCode(): number {
    return WRONG_USAGE.has(this.code) ? 2 : 1
  }
}

/** The first lines of what was thrown, without its stack. */
export const messageOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error)
  // Node adds to what it could not find the list of files that asked for it, by absolute path.
  return message
    .split('\nRequire stack:')
    .slice(0, 1)
    .join('')
    .split('\n')
    .slice(0, 6)
    .join('\n')
    .replace(/\.\s*$/u, '')
}

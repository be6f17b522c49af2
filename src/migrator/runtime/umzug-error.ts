/** What a step threw, without the error that Umzug puts around it. */
export const unwrap = (error: unknown): unknown =>
  error instanceof Error && error.name === 'MigrationError' && error.cause !== undefined ? error.cause : error

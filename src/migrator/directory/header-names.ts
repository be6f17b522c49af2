/** The exported names of a revision file that say where it stands. */
export const HEADER_NAMES = [
  'revision',
  'downRevision',
  'dependsOn',
  'branchLabels',
  'replaces',
  'message',
  'shippedChecksum',
] as const

/** One of them. */
export type HeaderName = (typeof HEADER_NAMES)[number]
/** What a header says under a name. */
export type HeaderValue = string | readonly string[] | null
/** What a header says. */
export type HeaderValues = { readonly [Name in HeaderName]?: HeaderValue }

/** Those that hardly any step uses as a word of its own; `message` is a common one. */
export const PLACES: ReadonlySet<string> = new Set([
  'revision',
  'downRevision',
  'dependsOn',
  'branchLabels',
  'replaces',
])

/** What a new revision does. */
export const MESSAGE = '-m, --message <text>'
/** Its id. */
export const REV_ID = {
  flags: '--rev-id <id>',
  description: 'its id, instead of 12 random hex digits',
} as const

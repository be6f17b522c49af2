/** Version of this package, as in package.json (held by test/package.test.ts). */
export const VERSION = '0.1.0'

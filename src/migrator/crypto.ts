/*
 * What CommonJS gets of `node:crypto`. An `import` of it looks at each of its names, and by that loads all of Web Crypto: more
 * work than the rest of a start with nothing to do.
 */
export const { createHash, hash, randomBytes } = process.getBuiltinModule('node:crypto')

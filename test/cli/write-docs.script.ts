import { readFileSync, writeFileSync } from 'node:fs'
import { cliDocs } from './support/cli-docs.js'

// Writes docs/cli.md: `npm run docs:cli`.
const introduction = readFileSync(new URL('./support/cli-introduction.md', import.meta.url), 'utf8')
writeFileSync(new URL('../../docs/cli.md', import.meta.url), cliDocs(introduction))

import type { HostStyle } from './host-style.js'

const ENTRY = `'sm2kit/migrator'`

/** The text of a config that looks for revisions in `folder`. */
export const configFile = (folder: string, { isTypeScript, isEsm, isSqlite }: HostStyle): string => {
  const config = `{
  // A URL, such as 'postgres://user:password@host/database'; or your own instance, whose models are then known:
  //   sequelize: async () => (await import('./src/database.js')).sequelize,
  url: process.env['SM2KIT_URL'] ?? process.env['DATABASE_URL']${isSqlite ? " ?? 'sqlite:app.sqlite'" : ''},
  migrations: ${literal(/^(?:\.|\/)/u.test(folder) ? folder : `./${folder}`)},
}`
  if (isTypeScript) return `import { defineConfig } from ${ENTRY}\n\nexport default defineConfig(${config})\n`
  const type = `/** @type {import(${ENTRY}).Config} */\n`
  return isEsm
    ? `${type}const config = ${config}\n\nexport default config\n`
    : `${type}module.exports = ${config}\n`
}

const literal = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`

import type { TestProject } from 'vitest/node'
import { dialectOf, findEngines } from './engines/find.js'
import { startKeeper } from './engines/keeper-client.js'

/**
 * Looks for database servers and starts the keeper, which starts each of them when a test first asks for it.
 * Vitest calls this once per run, and what it returns at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { found, missing } = findEngines()
  for (const { label, remedy } of missing) {
    console.warn(`skipped: all tests on ${label}, which was not found — ${remedy}`)
  }
  const keeper = await startKeeper(found)
  project.provide('engines', {
    keeper: keeper.address,
    servers: found.map((source) => ({
      name: source.name,
      label: source.label,
      dialect: dialectOf(source),
    })),
    missing,
  })
  return keeper.close
}

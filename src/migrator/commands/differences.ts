import { type AutogenerateOptions, autogenerateNames, parseAutogenerate } from '../config-autogenerate.js'
import type { Operation } from '../operations/operation.js'
import { compareWithModels } from './compare-with-models.js'
import type { CommandContext } from './context.js'
import { refuseUnknownOptions } from './target.js'

/** `migrator.differences()`: what would make the database what the models say. Nothing is changed. */
export const differences = async (
  context: CommandContext,
  options: AutogenerateOptions = {},
): Promise<readonly Operation[]> => {
  refuseUnknownOptions('differences', options, autogenerateNames)
  const settings = parseAutogenerate(options, context.config.autogenerate)
  return (await compareWithModels(context, settings)).operations
}

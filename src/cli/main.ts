#!/usr/bin/env node
import { CliError, messageOf } from './cli-error.js'
import { Printer } from './printer.js'
import { isTyped, run } from './run.js'

const argv = process.argv.slice(2)
const stdout = new Printer(process.stdout)
const stderr = new Printer(process.stderr)

// The host's own code may print: where the standard output is one JSON value, it prints beside it.
if (isTyped(argv, '--json')) process.stdout.write = process.stderr.write.bind(process.stderr)

let answer: number | undefined
const end = (exitCode: number): never => {
  answer = exitCode
  process.exit(exitCode)
}

const running = run({ argv, env: process.env, folder: process.cwd(), stdout, stderr })

// `process.exit()` in the host's code: whatever code it gives, the command was not done, and whoever waits for it is told.
process.on('exit', (code) => {
  if (answer === undefined) running.exited()
  process.exitCode = answer ?? (code === 0 ? 1 : code)
})
process.on('uncaughtException', (error) => {
  running.fail(error)
  end(1)
})
// Nothing is left that could happen, and the command has not answered; its own end is by `process.exit`.
process.on('beforeExit', () => {
  running.fail(
    new Error('The config or a revision waits for something that never comes; the command has ended'),
  )
  end(1)
})
for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  // A killed process leaves nothing half done: the engine takes the open step back, or the journal knows how far it came.
  process.on(signal, () => {
    const stop = (): never => {
      running.interrupt()
      return end(exitCode)
    }
    const cleaning = running.cleanUp()
    if (cleaning === undefined) stop()
    else void cleaning.then(stop, stop)
  })
}

const exitCode = await running.exitCode
answer = exitCode
// An imported config can hold anything open. What was printed must be out first.
const drained = (): Promise<unknown> => Promise.all([stdout.drained(), stderr.drained()])
await drained()
if (stdout.failure !== undefined) {
  const ended = exitCode === 0 ? 'was done' : `ended with exit code ${exitCode}`
  running.fail(
    new CliError(
      'OUTPUT_NOT_WRITTEN',
      `The standard output could not be written: ${messageOf(stdout.failure)}. The command itself ${ended}, and what it has ` +
        'changed stays; `sm2kit current` shows where the database is.',
      { cause: stdout.failure },
    ),
  )
  await drained()
}
end(exitCode === 0 && (stdout.failure ?? stderr.failure) !== undefined ? 1 : exitCode)

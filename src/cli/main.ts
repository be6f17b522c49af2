#!/usr/bin/env node
import { isTyped, run } from './run.js'

const argv = process.argv.slice(2)
const writeOut = process.stdout.write.bind(process.stdout)
const writeErr = process.stderr.write.bind(process.stderr)

// The host's own code may print: where the standard output is one JSON value, it prints beside it.
if (isTyped(argv, '--json')) process.stdout.write = writeErr

let answer: number | undefined
const end = (exitCode: number): never => {
  answer = exitCode
  process.exit(exitCode)
}

// `sm2kit upgrade | head -1` closes the pipe early; that is no error, and no reason to stop halfway.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') end(1)
  })
}

const running = run({
  argv,
  env: process.env,
  folder: process.cwd(),
  stdout: { isTTY: process.stdout.isTTY === true, write: (text) => writeOut(text) },
  stderr: { isTTY: process.stderr.isTTY === true, write: (text) => writeErr(text) },
})

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
const drained = (write: typeof writeOut): Promise<void> =>
  new Promise((resolve) => write('', () => resolve()))
await Promise.all([drained(writeOut), drained(writeErr)])
end(exitCode)

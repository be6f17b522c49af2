import { spawn } from 'node:child_process'
import { CliError } from './cli-error.js'

/**
 * Runs the command of `postWrite` on a file that was written, in the working folder. What it prints is dropped, unless it fails.
 *
 * @throws CliError `POST_WRITE_FAILED`
 */
export const postWrite = async (
  command: readonly string[],
  paths: readonly string[],
  folder: string,
): Promise<void> => {
  const [program, ...given] = command
  if (program === undefined || paths.length === 0) return
  let printed = ''
  const reason = await new Promise<string | undefined>((resolve) => {
    const child = spawn(program, [...given, ...paths], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        printed += text
      })
    child.once('error', ({ message }) => resolve(message))
    child.once('close', (code) => resolve(code === 0 ? undefined : `exit code ${code}`))
  })
  if (reason === undefined) return
  const last = printed.trim().split('\n').slice(-5).join('\n')
  throw new CliError(
    'POST_WRITE_FAILED',
    `\`${command.join(' ')}\` (postWrite) failed on the new file: ${reason}. The file is written as it was, and is complete.` +
      (last === '' ? '' : `\n${last}`),
    { subject: 'postWrite' },
  )
}

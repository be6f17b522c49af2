// Prints "N passed, N failed" for the JSON report of vitest; fails when a test has failed or none has passed.

import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
// A file that could not even be loaded has no tests to count: it is one failure by itself.
const unloaded = report.testResults.filter(
  ({ status, assertionResults }) =>
    status === 'failed' && !assertionResults.some((result) => result.status === 'failed'),
).length
const failed = report.numFailedTests + unloaded
console.log(`${report.numPassedTests} passed, ${failed} failed`)
process.exitCode = failed > 0 || report.numPassedTests === 0 || report.success !== true ? 1 : 0

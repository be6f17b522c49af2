// Prints the spans of a migration: `npx tsx examples/opentelemetry/main.ts`. With `@opentelemetry/api` in your application:
//
//   import { context, trace } from '@opentelemetry/api'
//   traceMigrations(migrator, trace.getTracer('sm2kit'), {
//     inside: (span) => trace.setSpan(context.active(), span as Span),
//   })

import { Sequelize } from 'sequelize'
import { createMigrator } from 'sm2kit/migrator'
import { PrintingTracer } from './printing-tracer.js'
import { traceMigrations } from './trace-migrations.js'

const sequelize = new Sequelize('sqlite::memory:', { logging: false })
const migrator = createMigrator({ sequelize })
const tracer = new PrintingTracer((line) => console.log(line))
traceMigrations(migrator, tracer, tracer)
await migrator.up()
await sequelize.close()

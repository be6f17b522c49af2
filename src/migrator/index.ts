/**
 * Migrations for Sequelize v6, driven by Umzug, with the abilities of Alembic.
 *
 * @module sm2kit/migrator
 */
export type { NamedObject, NamingConvention } from './autogenerate/context.js'
export type { RenameProposal } from './autogenerate/proposals.js'
export type { CompareSettings } from './autogenerate/settings.js'
export type { AdoptOptions, AdoptReport } from './commands/adopt.js'
export type { BackupOptions, BackupReport, RestoreReport } from './commands/backup.js'
export type { CheckOptions, CheckReport } from './commands/check.js'
export type { GeneratedRevision, ReportedHazard } from './commands/generate.js'
export type { MergeOptions } from './commands/merge.js'
export type { Plan, PlannedStep, PlanOptions } from './commands/plan.js'
export { type ReflectOptions, reflect } from './commands/reflect.js'
export type {
  Rehearsal,
  RehearsalNote,
  RehearsalProblem,
  RehearsedRows,
  RehearsedStep,
  RehearseOptions,
} from './commands/rehearsal.js'
export type { PendingFinding } from './commands/review.js'
export type { NewRevisionOptions } from './commands/revision.js'
export type { RevisionInfo } from './commands/revision-info.js'
export type { MigrationMeta } from './commands/run-steps.js'
export type { DownOptions, UpOptions } from './commands/select.js'
export type { SqlOptions } from './commands/sql.js'
export type { SquashedRevision, SquashOptions } from './commands/squash.js'
export type { StampOptions, StampReport } from './commands/stamp.js'
export type { UpgradeOptions, UpgradeReport } from './commands/up.js'
export type { WrittenRevision } from './commands/write-revision.js'
export type {
  BaselineOptions,
  LockOptions,
  MigrationSource,
  MigratorLogger,
  MigratorOptions,
  VersionTableOptions,
} from './config.js'
export type {
  AutogenerateOptions,
  OperationsContext,
  ProcessOperations,
  TypeComparison,
} from './config-autogenerate.js'
export {
  type Config,
  type ConfigArguments,
  type ConfigConnection,
  type ConfigExport,
  defineConfig,
} from './define-config.js'
export {
  MigratorError,
  type MigratorErrorCode,
  type MigratorErrorDetails,
  RevisionError,
  StepError,
} from './errors.js'
export { createMigrator, type Migrator } from './migrator.js'
export type { Sm2kitModelOptions } from './models/sm2kit-options.js'
export type {
  BatchOptions,
  BatchResult,
  BatchRow,
  DataSteps,
  FillOptions,
  TimeoutOptions,
} from './operations/data-steps.js'
export { describe as describeOperation } from './operations/describe.js'
export type { Hazard, HazardRule } from './operations/hazard.js'
export type { Migration, MigrationParams, Revision } from './operations/migration.js'
export type {
  Check,
  ColumnChange,
  ColumnExtras,
  EnumChange,
  ForeignKey,
  KeyTarget,
  Op,
  TableChanges,
  TableConstraints,
} from './operations/op.js'
export type {
  AddCompositeKeyOptions,
  ColumnPosition,
  ConstraintExtras,
  IndexExtras,
  IndexField,
  IndexFieldLike,
  TableOptionChange,
  UniqueOfIndex,
  UnnamedConstraint,
  WrittenConstraint,
} from './operations/op-extras.js'
export type {
  AddColumn,
  AddConstraint,
  AddIndex,
  ChangeColumn,
  ChangeEnum,
  ChangeTable,
  ColumnPlace,
  CreateEnum,
  CreateSchema,
  CreateTable,
  DropEnum,
  DropSchema,
  DropTable,
  OfKind,
  Operation,
  OperationKind,
  RemoveColumn,
  RemoveConstraint,
  RemoveIndex,
  RenameColumn,
  RenameConstraint,
  RenameEnum,
  RenameIndex,
  RenameTable,
  TableConstraint,
  TableFacts,
} from './operations/operation.js'
export { addSm2Columns, removeSm2Columns } from './operations/sm2-columns.js'
export type { IdKind } from './operations/sm2-tables.js'
export type { RevisionFormat } from './render/revision-source.js'
export type { Report, StepReport } from './report.js'
export type { Finding } from './review/finding.js'
export type { StatementReview } from './review/review-run.js'
export { buildRevisionGraph } from './revisions/graph.js'
export type {
  GraphOptions,
  GraphRevision,
  ParentOptions,
  RevisionGraph,
  RevisionPlace,
  SquashedRange,
  Stamped,
  Step,
  Target,
} from './revisions/graph-types.js'
export type {
  CommandEvent,
  CopyingEvent,
  MigratorEventMap,
  MigratorListener,
  ProgressEvent,
  StatementEvent,
  StepEndEvent,
  StepEvent,
  WaitingEvent,
} from './runtime/events.js'
export type { IncludeFilter, SchemaObject } from './schema/include.js'
export type {
  AutoIncrement,
  CheckConstraint,
  Column,
  Deferrable,
  EnumType,
  ExclusionConstraint,
  ForeignKeyConstraint,
  Generated,
  Index,
  IndexedColumn,
  IndexedExpression,
  IndexOrder,
  IndexPart,
  KeyAction,
  KeyPart,
  PrimaryKey,
  QualifiedName,
  Schema,
  SequenceOptions,
  Table,
  TableOptions,
  UniqueConstraint,
} from './schema/schema.js'

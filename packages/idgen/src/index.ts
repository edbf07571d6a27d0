export type { Clock, SleepOptions } from './clock.ts'
export { batchMax, type IdGenerator, type NextOptions, type SyncIdGenerator } from './generator.ts'
export type { HighWaterMark } from './high-water-mark.ts'
export { IdError, type IdErrorCode, type IdErrorDetails } from './id-error.ts'
export type { IdObserver, WaitReason } from './observer.ts'
export { systemClock, systemRandomness } from './platform.ts'
export type { Randomness } from './randomness.ts'
export type { Signal } from './signal.ts'
export { UuidV4, type UuidV4Options } from './uuid/v4.ts'
export type { WorkerLease } from './worker-lease.ts'
export type { ClockBack } from './snowflake/clock-back.ts'
export { type SnowflakeFlaw, snowflakeFlaws } from './snowflake/flaws.ts'
export { type SnowflakeForm, type SnowflakeForms, snowflakeForms } from './snowflake/forms.ts'
export { type LayoutOptions, type SnowflakeFields, SnowflakeLayout } from './snowflake/layout.ts'
export type { SnowflakeRules, Standing } from './snowflake/rules.ts'
export type { OpenSnowflakeOptions, SnowflakeOptions } from './snowflake/options.ts'
export { Snowflake } from './snowflake/snowflake.ts'
export {
  createSequence,
  DatabaseSequence,
  type DatabaseSequenceOptions,
  type SequenceShape,
} from './sequence/database-sequence.ts'
export { NativeSequence, type NativeSequenceOptions } from './sequence/native-sequence.ts'
export { type MysqlClient, mysqlDatabase } from './sql/mysql.ts'
export { type PostgresClient, postgresDatabase } from './sql/postgres.ts'
export type { SqlDatabase, SqlDialect, SqlResult, SqlValue } from './sql/sql-database.ts'
export { type SqliteClient, sqliteDatabase } from './sql/sqlite.ts'
export { type CounterRules, soundCounter } from './time-counter.ts'
export { isUlid, type UlidFields, ulidBytes, ulidFields, ulidText } from './ulid/text.ts'
export { Ulid, type UlidOptions } from './ulid/ulid.ts'
export {
  isUuid,
  maxUuid,
  nilUuid,
  type UuidFields,
  uuidBytes,
  uuidFields,
  uuidText,
} from './uuid/text.ts'
export { UuidV7, type UuidV7Options } from './uuid/v7.ts'
export { type SegmentFlaw, segmentFlaws } from './segment/flaws.ts'
export { LeafSegments, type LeafSegmentsOptions } from './segment/leaf-segments.ts'
export type { LoadHistory, SegmentRules } from './segment/rules.ts'
export { SegmentIds, type SegmentIdsOptions, type SegmentSettings } from './segment/segment-ids.ts'
export type { Segment, SegmentStore } from './segment/segment-store.ts'
export {
  createSegments,
  SqlSegmentStore,
  type SqlSegmentStoreOptions,
} from './segment/sql-segment-store.ts'
export {
  type IoRedisClient,
  ioRedis,
  type NodeRedisClient,
  nodeRedis,
  type RedisCommands,
} from './redis/redis-commands.ts'
export { type FloorEra, type RedisFloor, SqlRedisFloor } from './redis/redis-floor.ts'
export { RedisSequence, type RedisSequenceOptions } from './redis/redis-sequence.ts'
export {
  type EtcdCall,
  type EtcdFetch,
  EtcdWorkerLeases,
  type EtcdWorkerLeasesOptions,
  etcdHttp,
} from './worker/etcd-worker-leases.ts'
export { LeasedWorker, type LeasedWorkerOptions } from './worker/leased-worker.ts'
export { RedisWorkerLeases, type RedisWorkerLeasesOptions } from './worker/redis-worker-leases.ts'
export { type LeaseFlaw, type LeaseRules, leaseFlaws } from './worker/rules.ts'
export { SqlWorkerLeases, type SqlWorkerLeasesOptions } from './worker/sql-worker-leases.ts'
export type { LeaseSettings, LentWorker, WorkerLeases } from './worker/worker-leases.ts'
export {
  type ZooKeeperNodes,
  ZooKeeperWorkerLeases,
  type ZooKeeperWorkerLeasesOptions,
} from './worker/zookeeper-worker-leases.ts'
export {
  type RegisteredWorkerOptions,
  type RememberedWorker,
  registeredWorker,
  type WorkerMemory,
  type WorkerRegistry,
} from './worker/registered-worker.ts'
export { SqlWorkerRegistry, type SqlWorkerRegistryOptions } from './worker/sql-worker-registry.ts'
export {
  type RaftCompare,
  type RaftKeyValues,
  type RaftPut,
  type RaftTold,
  RaftWorkerLeases,
  type RaftWorkerLeasesOptions,
} from './worker/raft-worker-leases.ts'
